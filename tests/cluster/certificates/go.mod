module seldon-trace.dev/cluster/certificates

go 1.24.0
