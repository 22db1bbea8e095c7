// Starts Jaeger's client as Seldon Core's executor 1.18.2 does (executor/api/tracing/trace.go, and the call of
// InitTracing in executor/cmd/executor/main.go), sends one span, and prints what came of the environment as one line
// of JSON. The names in DNS and the servers behind HTTP are its own, so that no network is needed: see network.go.
// With `serve` it is a stand-in of the executor, which tests/e2e starts: see serve.go.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	jaegercfg "github.com/uber/jaeger-client-go/config"
	"github.com/uber/jaeger-client-go/zipkin"
)

type sampler struct {
	Type string `json:"type"`
	// As Go prints it, for JSON has no NaN.
	Param string `json:"param"`
	// Of a remote sampler alone.
	Server     *string `json:"server,omitempty"`
	Refresh    *string `json:"refresh,omitempty"`
	Operations *int    `json:"operations,omitempty"`
}

type observation struct {
	Sampler *sampler `json:"sampler"`
	// host:port, or the collector's URL.
	Agent       *string     `json:"agent"`
	User        *string     `json:"user,omitempty"`
	Service     *string     `json:"service"`
	Tags        [][2]string `json:"tags"`
	Propagation *string     `json:"propagation"`
	Queue       *int        `json:"queue,omitempty"`
	Flush       *string     `json:"flush,omitempty"`
	// None where the connection is never made anew.
	Reconnect *string `json:"reconnect,omitempty"`
	// None where it goes to an address beyond this machine.
	Sends *bool `json:"sends"`
}

func initTracing() (*jaegercfg.Configuration, io.Closer, error) {
	cfg, err := jaegercfg.FromEnv()
	if err != nil {
		return nil, nil, err
	}
	if cfg.ServiceName == "" {
		cfg.ServiceName = "executor"
	}
	var options []jaegercfg.Option
	if os.Getenv("JAEGER_TRACE_PROPAGATION_TYPE") == "b3" {
		propagator := zipkin.NewZipkinB3HTTPHeaderPropagator()
		options = []jaegercfg.Option{
			jaegercfg.Injector(opentracing.HTTPHeaders, propagator),
			jaegercfg.Extractor(opentracing.HTTPHeaders, propagator),
			jaegercfg.ZipkinSharedRPCSpan(true),
		}
	}
	closer, err := cfg.InitGlobalTracer(cfg.ServiceName, options...)
	return cfg, closer, err
}

func main() {
	switch arguments := os.Args[1:]; {
	case len(arguments) > 2 && arguments[0] == "serve":
		serve(arguments[1], arguments[2], arguments[3:])
	case len(arguments) == 3 && arguments[0] == "call":
		call(arguments[1], arguments[2])
	default:
		observe()
	}
}

func observe() {
	network := newNetwork()
	cfg, closer, err := initTracing()
	if err != nil {
		log.Fatal("Could not initialize jaeger tracer", err.Error())
	}
	if cfg.Reporter.AttemptReconnectInterval < 0 && !cfg.Disabled {
		// What looks up the agent's name panics, and does so in the background.
		time.Sleep(3 * time.Second)
	}
	seen := observation{Tags: [][2]string{}}
	sends := false
	seen.Sends = &sends
	// Where it is disabled, the global tracer stays the one that does nothing.
	if tracer, ok := opentracing.GlobalTracer().(*jaeger.Tracer); ok {
		seen.describe(tracer, cfg)
		sampled := sendSpan(tracer, closer, &seen)
		switch {
		case cfg.Reporter.CollectorEndpoint != "":
			sends = network.hasPost()
			if user := network.user(); user != "" {
				seen.User = &user
			}
		case sampled && isElsewhere(cfg.Reporter.LocalAgentHostPort):
			seen.Sends = nil
		default:
			sends = wasWritten(tracer, cfg.Reporter.LocalAgentHostPort)
		}
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	if err := out.Encode(seen); err != nil {
		log.Fatal(err)
	}
}

func (seen *observation) describe(tracer *jaeger.Tracer, cfg *jaegercfg.Configuration) {
	seen.Sampler = describeSampler(tracer.Sampler())
	seen.Agent = &cfg.Reporter.CollectorEndpoint
	if cfg.Reporter.CollectorEndpoint == "" {
		seen.Agent = &cfg.Reporter.LocalAgentHostPort
		if !cfg.Reporter.DisableAttemptReconnecting {
			// The reader of the variable leaves the client's own default to the client.
			interval := cfg.Reporter.AttemptReconnectInterval
			if interval == 0 {
				interval = 30 * time.Second
			}
			seen.Reconnect = text(interval)
		}
	}
	service := field(tracer, "serviceName").String()
	seen.Service = &service
	for _, tag := range tracer.Tags() {
		// It adds its own after those of the environment.
		if tag.Key == jaeger.JaegerClientVersionTagKey && tag.Value == jaeger.JaegerClientVersion {
			break
		}
		seen.Tags = append(seen.Tags, [2]string{tag.Key, fmt.Sprint(tag.Value)})
	}
	reporter := reporterOf(tracer)
	queue := field(reporter, "queueSize").Interface().(int)
	seen.Queue = &queue
	seen.Flush = text(field(reporter, "bufferFlushInterval").Interface())
}

// The reporter that sends, which may have one beside it that logs.
func reporterOf(tracer *jaeger.Tracer) reflect.Value {
	reporter := field(tracer, "reporter").Elem()
	if reporters := reporter.Elem().FieldByName("reporters"); reporters.IsValid() {
		reporter = reporters.Index(reporters.Len() - 1)
	}
	return reporter
}

func describeSampler(of interface{}) *sampler {
	switch of := of.(type) {
	case *jaeger.ConstSampler:
		return &sampler{Type: "const", Param: fmt.Sprint(of.Decision)}
	case *jaeger.ProbabilisticSampler:
		return &sampler{Type: "probabilistic", Param: fmt.Sprint(of.SamplingRate())}
	case *jaeger.RateLimitingSampler:
		return &sampler{Type: "ratelimiting", Param: fmt.Sprint(field(of, "maxTracesPerSecond").Interface())}
	case *jaeger.RemotelyControlledSampler:
		start := describeSampler(of.Sampler())
		server := field(of, "samplingServerURL").String()
		operations := field(of, "posParams").FieldByName("MaxOperations").Interface().(int)
		refresh := text(field(of, "samplingRefreshInterval").Interface())
		return &sampler{Type: "remote", Param: start.Param, Server: &server, Refresh: refresh, Operations: &operations}
	}
	return &sampler{Type: fmt.Sprintf("%T", of)}
}

// Returns true if the span was sampled: by the smallest identifier there is, so that a probability decides nothing
// but whether any span can be.
func sendSpan(tracer *jaeger.Tracer, closer io.Closer, seen *observation) bool {
	*field(tracer, "randomNumber").Addr().Interface().(*func() uint64) = func() uint64 { return 1 }
	span := tracer.StartSpan("one")
	headers := http.Header{}
	if err := tracer.Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(headers)); err != nil {
		log.Fatal(err)
	}
	propagation := "jaeger"
	if headers.Get("X-B3-TraceId") != "" {
		propagation = "b3"
	}
	seen.Propagation = &propagation
	sampled := span.Context().(jaeger.SpanContext).IsSampled()
	span.Finish()
	closer.Close()
	return sampled
}

// Returns true if the address resolves, but not to this machine's IPv4 loopback: what becomes of a packet is then no
// matter of the client's.
func isElsewhere(hostPort string) bool {
	address, err := net.ResolveUDPAddr("udp", hostPort)
	return err == nil && !(address.IP.To4() != nil && (address.IP.IsLoopback() || address.IP.IsUnspecified()))
}

// Returns true if the span was given to the network, at a port on which something can listen.
func wasWritten(tracer *jaeger.Tracer, hostPort string) bool {
	if address, err := net.ResolveUDPAddr("udp", hostPort); err != nil || address.Port == 0 {
		return false
	}
	sender := field(reporterOf(tracer), "sender")
	count := func(name string) int64 { return field(sender, name).Interface().(int64) }
	return count("batchSeqNo") > 0 && count("failedToEmitSpans") == 0 && count("tooLargeDroppedSpans") == 0
}

func text(value interface{}) *string {
	text := strings.TrimSpace(fmt.Sprint(value))
	return &text
}
