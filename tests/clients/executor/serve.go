package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	grpc_opentracing "github.com/grpc-ecosystem/go-grpc-middleware/tracing/opentracing"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// A stand-in of the executor: its client, and the spans that it makes of a prediction, but no graph, no metrics and no
// logging. It calls the nodes one after the other, as for a graph of models, each the child of the one before.
// See executor/api/rest/server.go (predictions), executor/api/rest/client.go (doHttp), executor/api/grpc/server.go and
// executor/api/grpc/client.go of Seldon Core 1.18.2.
type standIn struct {
	nodes []node
}

type node struct {
	url        string
	connection *grpc.ClientConn
}

// Serves REST and gRPC at these addresses until SIGTERM. Each node is `REST-ADDRESS,GRPC-ADDRESS`.
func serve(restAddress, grpcAddress string, nodes []string) {
	_, closer, err := initTracing()
	if err != nil {
		log.Fatal("Could not initialize jaeger tracer", err.Error())
	}
	var executor standIn
	for _, addresses := range nodes {
		forREST, forGRPC, _ := strings.Cut(addresses, ",")
		connection, err := dial(forGRPC, grpc.WithUnaryInterceptor(grpc_opentracing.UnaryClientInterceptor()))
		if err != nil {
			log.Fatal(err)
		}
		executor.nodes = append(executor.nodes, node{"http://" + forREST, connection})
	}
	server := grpc.NewServer(grpc.ForceServerCodec(plain{}), grpc.UnaryInterceptor(grpc_opentracing.UnaryServerInterceptor()))
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "seldon.protos.Seldon",
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "Predict", Handler: predict}},
	}, &executor)
	http.HandleFunc("/api/v1.0/predictions", executor.predictions)
	go func() { log.Fatal(http.Serve(listen(restAddress), nil)) }()
	go func() { log.Fatal(server.Serve(listen(grpcAddress))) }()

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	closer.Close()
}

func listen(address string) net.Listener {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	return listener
}

func (executor *standIn) predictions(response http.ResponseWriter, request *http.Request) {
	tracer := opentracing.GlobalTracer()
	parent, _ := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(request.Header))
	span := tracer.StartSpan("predictions", ext.RPCServerOption(parent))
	defer span.Finish()
	message, err := io.ReadAll(request.Body)
	for _, node := range executor.nodes {
		if err == nil {
			message, err = node.post(span, message)
		}
	}
	if err != nil {
		http.Error(response, err.Error(), http.StatusInternalServerError)
		return
	}
	response.Write(message)
}

func (node *node) post(parent opentracing.Span, message []byte) ([]byte, error) {
	const method = "/predict"
	request, err := http.NewRequest(http.MethodPost, node.url+method, bytes.NewReader(message))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	span := opentracing.StartSpan(method, opentracing.ChildOf(parent.Context()))
	defer span.Finish()
	carrier := opentracing.HTTPHeadersCarrier(request.Header)
	if err := opentracing.GlobalTracer().Inject(span.Context(), opentracing.HTTPHeaders, carrier); err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d of %s", answer.StatusCode, node.url)
	}
	return io.ReadAll(answer.Body)
}

func predict(executor any, ctx context.Context, read func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
	var request []byte
	if err := read(&request); err != nil {
		return nil, err
	}
	info := &grpc.UnaryServerInfo{Server: executor, FullMethod: "/seldon.protos.Seldon/Predict"}
	return intercept(ctx, &request, info, func(ctx context.Context, message any) (any, error) {
		for _, node := range executor.(*standIn).nodes {
			answer := new([]byte)
			if err := node.connection.Invoke(ctx, "/seldon.protos.Model/Predict", message, answer); err != nil {
				return nil, err
			}
			message = answer
		}
		return message, nil
	})
}

// Sends one prediction by gRPC, as a client of the executor or of a node.
func call(address, service string) {
	connection, err := dial(address)
	if err != nil {
		log.Fatal(err)
	}
	// A `seldon.protos.SeldonMessage` with the field 5, `strData`.
	message, answer := []byte("\x2a\x04text"), new([]byte)
	method := fmt.Sprintf("/seldon.protos.%s/Predict", service)
	if err := connection.Invoke(context.Background(), method, &message, answer, grpc.WaitForReady(true)); err != nil {
		log.Fatal(err)
	}
}

func dial(address string, options ...grpc.DialOption) (*grpc.ClientConn, error) {
	options = append(options, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(plain{})))
	return grpc.Dial(address, options...)
}

// Leaves messages as they are: the stand-in has to read none.
type plain struct{}

func (plain) Marshal(message any) ([]byte, error) {
	return *message.(*[]byte), nil
}

func (plain) Unmarshal(data []byte, message any) error {
	*message.(*[]byte) = data
	return nil
}

func (plain) Name() string {
	return "proto"
}
