// Datadog's own trace agent, with an intake of its own in the place of Datadog's: what the agent sends there is written to
// standard output, a line of JSON for each span of a kept trace and for each entry of the statistics. On SIGTERM the agent
// sends what it still has, and all of that is written before the program exits. Agent and intake can also be programs of
// their own: see the options.
package main

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	gzipcompression "github.com/DataDog/datadog-agent/comp/trace/compression/impl-gzip"
	pb "github.com/DataDog/datadog-agent/pkg/proto/pbgo/trace"
	"github.com/DataDog/datadog-agent/pkg/proto/pbgo/trace/idx"
	"github.com/DataDog/datadog-agent/pkg/trace/agent"
	"github.com/DataDog/datadog-agent/pkg/trace/config"
	"github.com/DataDog/datadog-agent/pkg/trace/telemetry"
	"github.com/DataDog/datadog-go/v5/statsd"
	"github.com/tinylib/msgp/msgp"
)

type span struct {
	Service  string             `json:"service"`
	Name     string             `json:"name"`
	Resource string             `json:"resource"`
	Trace    string             `json:"trace"`
	ID       string             `json:"id"`
	Parent   string             `json:"parent"`
	Tags     map[string]string  `json:"tags"`
	Metrics  map[string]float64 `json:"metrics"`
}

type statistic struct {
	Service  string `json:"service"`
	Resource string `json:"resource"`
	Env      string `json:"env"`
	Version  string `json:"version"`
	Hits     uint64 `json:"hits"`
	IsEntry  bool   `json:"is_statistic"`
}

type intake struct {
	lock   sync.Mutex
	output *json.Encoder
	// The only API key that it takes.
	key string
}

func (intake *intake) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	intake.lock.Lock()
	defer intake.lock.Unlock()
	if request.Header.Get("DD-Api-Key") != intake.key {
		response.WriteHeader(http.StatusForbidden)
		return
	}
	unzipped, err := gzip.NewReader(request.Body)
	if err == nil {
		switch request.URL.Path {
		case "/api/v0.2/traces":
			err = intake.traces(unzipped)
		case "/api/v0.2/stats":
			err = intake.statistics(unzipped)
		default:
			err = errors.New("unknown path")
		}
	}
	if err != nil {
		log.Fatalf("the intake: %s: %v", request.URL.Path, err)
	}
	response.WriteHeader(http.StatusAccepted)
}

func (intake *intake) traces(from io.Reader) error {
	body, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	var payload pb.AgentPayload
	if err := payload.UnmarshalVT(body); err != nil {
		return err
	}
	if len(payload.TracerPayloads) > 0 {
		return errors.New("traces in the older form")
	}
	for _, tracer := range payload.IdxTracerPayloads {
		for _, chunk := range tracer.Chunks {
			for _, span := range chunk.Spans {
				if err := intake.output.Encode(read(span, chunk, tracer.Strings)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func read(from *idx.Span, chunk *idx.TraceChunk, strings []string) span {
	tags, metrics := map[string]string{}, map[string]float64{}
	for key, value := range from.Attributes {
		switch value := value.Value.(type) {
		case *idx.AnyValue_StringValueRef:
			tags[strings[key]] = strings[value.StringValueRef]
		case *idx.AnyValue_DoubleValue:
			metrics[strings[key]] = value.DoubleValue
		}
	}
	for key, at := range map[string]uint32{"env": from.EnvRef, "version": from.VersionRef} {
		if text := strings[at]; text != "" {
			tags[key] = text
		}
	}
	return span{
		Service:  strings[from.ServiceRef],
		Name:     strings[from.NameRef],
		Resource: strings[from.ResourceRef],
		Trace:    fmt.Sprintf("%x", chunk.TraceID),
		ID:       fmt.Sprint(from.SpanID),
		Parent:   fmt.Sprint(from.ParentID),
		Tags:     tags,
		Metrics:  metrics,
	}
}

func (intake *intake) statistics(from io.Reader) error {
	var payload pb.StatsPayload
	if err := msgp.Decode(from, &payload); err != nil {
		return err
	}
	for _, client := range payload.Stats {
		for _, bucket := range client.Stats {
			for _, group := range bucket.Stats {
				entry := statistic{group.Service, group.Resource, client.Env, client.Version, group.Hits, true}
				if err := intake.output.Encode(entry); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func main() {
	log.SetFlags(0)
	port := flag.Int("port", 8126, "the port on all addresses")
	socket := flag.String("socket", "", "the path of a socket, beside the port")
	key := flag.String("key", "none", "the API key of the intake")
	only := flag.String("intake", "", "the address of the intake, which then runs alone")
	to := flag.String("to", "", "the address of another intake: the agent then runs alone, as the environment says")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	if *to == "" {
		*to = serve(*only, *key)
	} else if os.Getenv("DD_APM_ENABLED") != "true" {
		log.Fatal("DD_APM_ENABLED is not true")
	} else {
		*key = os.Getenv("DD_API_KEY")
	}
	if *only != "" {
		<-ctx.Done()
		return
	}

	conf := config.New()
	conf.Hostname = "node"
	conf.Endpoints = []*config.Endpoint{{Host: "http://" + *to, APIKey: *key}}
	// Nothing is sent anywhere else: not telemetry, not profiles, not what others send through the agent.
	conf.Proxy = onlyLoopback
	conf.Site = "invalid"
	conf.TelemetryConfig = &config.TelemetryConfig{}
	conf.EVPProxy.Enabled = false
	conf.OpenLineageProxy.Enabled = false
	conf.StatsdEnabled = false
	conf.ReceiverHost = "0.0.0.0"
	conf.ReceiverPort = *port
	conf.ReceiverSocket = *socket
	// What the agent's own configuration sets, and `config.New` does not. Without it payloads are lost with status 200.
	conf.Decoders = 4
	conf.DecoderTimeout = 1000
	conf.MaxConnections = 1000
	// Sooner than a user's agent, so that a test need not wait.
	conf.BucketInterval = 200 * time.Millisecond
	conf.ClientStatsFlushInterval = 200 * time.Millisecond
	conf.TraceWriter.FlushPeriodSeconds = 0.1

	agent.NewAgent(ctx, conf, telemetry.NewNoopCollector(), &statsd.NoOpClient{}, gzipcompression.NewComponent()).Run()
}

// The address of an intake that it starts.
func serve(address, key string) string {
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	go func() { log.Fatal(http.Serve(listener, &intake{output: json.NewEncoder(os.Stdout), key: key})) }()
	return listener.Addr().String()
}

func onlyLoopback(request *http.Request) (*url.URL, error) {
	if request.URL.Hostname() == "127.0.0.1" {
		return nil, nil
	}
	return nil, fmt.Errorf("%s is not of this machine", request.URL.Host)
}
