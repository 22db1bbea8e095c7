#![no_main]

seldon_trace_fuzz::fuzz!(seldon_trace_fuzz::targets::readers);
