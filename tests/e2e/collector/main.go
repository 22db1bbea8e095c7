// The OpenTelemetry Collector with the parts that `seldon-trace agent collector` configures, and the exporter `lines`:
// it writes each span to standard output as a line of JSON.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"sync"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/healthcheckextension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/jaegerreceiver"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/otlpexporter"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/batchprocessor"
	"go.opentelemetry.io/collector/processor/memorylimiterprocessor"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/service/telemetry/otelconftelemetry"
)

type lines struct {
	component.StartFunc
	component.ShutdownFunc
	consumer.Traces
}

type line struct {
	Service string            `json:"service"`
	Name    string            `json:"name"`
	Trace   string            `json:"trace"`
	ID      string            `json:"id"`
	Parent  string            `json:"parent"`
	Tags    map[string]string `json:"tags"`
}

func newLines(context.Context, exporter.Settings, component.Config) (exporter.Traces, error) {
	var lock sync.Mutex
	output := json.NewEncoder(os.Stdout)
	write := func(_ context.Context, traces ptrace.Traces) error {
		lock.Lock()
		defer lock.Unlock()
		for _, resource := range traces.ResourceSpans().All() {
			service, _ := resource.Resource().Attributes().Get("service.name")
			for _, scope := range resource.ScopeSpans().All() {
				for _, span := range scope.Spans().All() {
					tags := map[string]string{}
					for key, value := range span.Attributes().All() {
						tags[key] = value.AsString()
					}
					id, parent := span.SpanID().String(), span.ParentSpanID().String()
					line := line{service.AsString(), span.Name(), span.TraceID().String(), id, parent, tags}
					if err := output.Encode(line); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}
	traces, err := consumer.NewTraces(write)
	return lines{Traces: traces}, err
}

func factories() (made otelcol.Factories, err error) {
	made.Telemetry = otelconftelemetry.NewFactory()
	toLines := exporter.NewFactory(component.MustNewType("lines"), func() component.Config { return &struct{}{} },
		exporter.WithTraces(newLines, component.StabilityLevelDevelopment))
	made.Receivers, err = otelcol.MakeFactoryMap[receiver.Factory](jaegerreceiver.NewFactory(), otlpreceiver.NewFactory())
	if err != nil {
		return
	}
	made.Exporters, err = otelcol.MakeFactoryMap[exporter.Factory](otlpexporter.NewFactory(), toLines)
	if err != nil {
		return
	}
	made.Processors, err = otelcol.MakeFactoryMap[processor.Factory](
		batchprocessor.NewFactory(), memorylimiterprocessor.NewFactory())
	if err != nil {
		return
	}
	made.Extensions, err = otelcol.MakeFactoryMap[extension.Factory](healthcheckextension.NewFactory())
	return
}

func main() {
	settings := otelcol.CollectorSettings{
		BuildInfo: component.BuildInfo{Command: "collector", Version: "0.165.1"},
		Factories: factories,
		ConfigProviderSettings: otelcol.ConfigProviderSettings{ResolverSettings: confmap.ResolverSettings{
			ProviderFactories: []confmap.ProviderFactory{envprovider.NewFactory(), fileprovider.NewFactory()},
		}},
	}
	if err := otelcol.NewCommand(settings).Execute(); err != nil {
		log.Fatal(err)
	}
}
