// The HorizontalPodAutoscaler's own controller, asked directly: scenarios as JSON on standard input,
// one a line; what the controller did at each step on standard output, in the same order. The
// controller's sources stand beside this file when it is built (see ../../hpa-oracle.mjs), with its
// clock ours and nothing else changed.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	autoscalingclient "k8s.io/client-go/kubernetes/typed/autoscaling/v2"
	corelisters "k8s.io/client-go/listers/core/v1"
	scaleclient "k8s.io/client-go/scale"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
	autoscalingapiv2 "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	metricsclient "k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/monitor"
	consistencyutil "k8s.io/kubernetes/pkg/controller/util/consistency"
	"k8s.io/kubernetes/pkg/controller/util/selectors"
)

const (
	namespace = "tars"
	name      = "web"
	key       = namespace + "/" + name
	selector  = "app=web"
)

// clockNow is the clock of the controller's sources, instead of time.Now.
var clock time.Time

func clockNow() time.Time { return clock }

func millis(value int64) time.Time { return time.UnixMilli(value) }

type scenario struct {
	Settings struct {
		Tolerance                     float64
		DownscaleStabilizationSeconds int64
		CPUInitializationSeconds      int64 `json:"cpuInitializationSeconds"`
		InitialReadinessDelaySeconds  int64
	}
	Steps []step
}

type step struct {
	At int64
	// Spec replaces the autoscaler's spec when it is given.
	Spec        *autoscalingv2.HorizontalPodAutoscalerSpec
	Scale       *scale
	Pods        []pod
	Readings    []reading
	UpdateFails bool
}

type scale struct {
	SpecReplicas   int32
	StatusReplicas int32
	Selector       string
}

type pod struct {
	Name       string
	Phase      v1.PodPhase
	Deleting   bool
	Ready      *readiness
	StartTime  *int64
	Containers []container
}

type readiness struct {
	Status v1.ConditionStatus
	Since  int64
}

type container struct {
	Name     string
	Requests map[v1.ResourceName]int64
}

type reading struct {
	Missing bool
	Pods    map[string]podValue
	Values  []int64
}

type podValue struct {
	Value     int64
	Timestamp int64
	WindowMs  int64
}

type condition struct {
	Status  string `json:"status"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

type outcome struct {
	Rescale    *int32               `json:"rescale"`
	Desired    int32                `json:"desired"`
	Current    int32                `json:"current"`
	Event      string               `json:"event"`
	Conditions map[string]condition `json:"conditions"`
}

// world is all that the controller sees and does.
type world struct {
	autoscalingclient.HorizontalPodAutoscalerInterface
	apimeta.RESTMapper
	hpa      *autoscalingv2.HorizontalPodAutoscaler
	step     step
	rescaled *int32
	event    string
}

func (w *world) HorizontalPodAutoscalers(string) autoscalingclient.HorizontalPodAutoscalerInterface {
	return w
}

func (w *world) UpdateStatus(_ context.Context, hpa *autoscalingv2.HorizontalPodAutoscaler, _ metav1.UpdateOptions) (*autoscalingv2.HorizontalPodAutoscaler, error) {
	w.hpa.Status = hpa.Status
	return hpa, nil
}

func (w *world) RESTMappings(gk schema.GroupKind, _ ...string) ([]*apimeta.RESTMapping, error) {
	return []*apimeta.RESTMapping{{Resource: schema.GroupVersionResource{Group: gk.Group, Version: "v1", Resource: "deployments"}}}, nil
}

func (w *world) Event(_ runtime.Object, _, reason, message string) {
	w.event = reason + ": " + message
}

func (w *world) Eventf(object runtime.Object, eventType, reason, format string, args ...any) {
	w.Event(object, eventType, reason, fmt.Sprintf(format, args...))
}

func (w *world) AnnotatedEventf(object runtime.Object, _ map[string]string, eventType, reason, format string, args ...any) {
	w.Eventf(object, eventType, reason, format, args...)
}

type scales struct{ *world }

func (s scales) Scales(string) scaleclient.ScaleInterface { return scaleOf{s.world, nil} }

type scaleOf struct {
	world *world
	scaleclient.ScaleInterface
}

func (s scaleOf) Get(context.Context, schema.GroupResource, string, metav1.GetOptions) (*autoscalingv1.Scale, error) {
	given := s.world.step.Scale
	if given == nil {
		return nil, errors.New("no such target")
	}
	of := selector
	if given.Selector == "missing" {
		of = ""
	}
	return &autoscalingv1.Scale{
		Spec:   autoscalingv1.ScaleSpec{Replicas: given.SpecReplicas},
		Status: autoscalingv1.ScaleStatus{Replicas: given.StatusReplicas, Selector: of},
	}, nil
}

func (s scaleOf) Update(_ context.Context, _ schema.GroupResource, scale *autoscalingv1.Scale, _ metav1.UpdateOptions) (*autoscalingv1.Scale, error) {
	if s.world.step.UpdateFails {
		return nil, errors.New("refused")
	}
	replicas := scale.Spec.Replicas
	s.world.rescaled = &replicas
	return scale, nil
}

type metrics struct{ *world }

// reading finds the reading of the metric that the spec describes so.
func (m metrics) reading(matches func(autoscalingv2.MetricSpec) bool) (reading, error) {
	for i, spec := range m.hpa.Spec.Metrics {
		if matches(spec) {
			if m.step.Readings[i].Missing {
				break
			}
			return m.step.Readings[i], nil
		}
	}
	return reading{}, errors.New("nobody served it")
}

func (m metrics) pods(matches func(autoscalingv2.MetricSpec) bool) (metricsclient.PodMetricsInfo, time.Time, error) {
	found, err := m.reading(matches)
	if err != nil {
		return nil, time.Time{}, err
	}
	info := metricsclient.PodMetricsInfo{}
	for pod, value := range found.Pods {
		info[pod] = metricsclient.PodMetric{
			Timestamp: millis(value.Timestamp),
			Window:    time.Duration(value.WindowMs) * time.Millisecond,
			Value:     value.Value,
		}
	}
	return info, clockNow(), nil
}

func (m metrics) GetResourceMetric(_ context.Context, resource v1.ResourceName, _ string, _ labels.Selector, container string) (metricsclient.PodMetricsInfo, time.Time, error) {
	return m.pods(func(spec autoscalingv2.MetricSpec) bool {
		if container == "" {
			return spec.Resource != nil && spec.Resource.Name == resource
		}
		return spec.ContainerResource != nil && spec.ContainerResource.Name == resource && spec.ContainerResource.Container == container
	})
}

func (m metrics) GetRawMetric(metricName string, _ string, _, _ labels.Selector) (metricsclient.PodMetricsInfo, time.Time, error) {
	return m.pods(func(spec autoscalingv2.MetricSpec) bool { return spec.Pods != nil && spec.Pods.Metric.Name == metricName })
}

func (m metrics) GetObjectMetric(metricName string, _ string, _ *autoscalingv2.CrossVersionObjectReference, _ labels.Selector) (int64, time.Time, error) {
	found, err := m.reading(func(spec autoscalingv2.MetricSpec) bool {
		return spec.Object != nil && spec.Object.Metric.Name == metricName
	})
	if err != nil {
		return 0, time.Time{}, err
	}
	return found.Values[0], clockNow(), nil
}

func (m metrics) GetExternalMetric(metricName, _ string, _ labels.Selector) ([]int64, time.Time, error) {
	found, err := m.reading(func(spec autoscalingv2.MetricSpec) bool {
		return spec.External != nil && spec.External.Metric.Name == metricName
	})
	return found.Values, clockNow(), err
}

func podOf(given pod) *v1.Pod {
	made := &v1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: given.Name, Namespace: namespace, Labels: map[string]string{"app": "web"}},
		Status:     v1.PodStatus{Phase: given.Phase},
	}
	if given.Deleting {
		made.DeletionTimestamp = &metav1.Time{Time: clockNow()}
	}
	if given.StartTime != nil {
		made.Status.StartTime = &metav1.Time{Time: millis(*given.StartTime)}
	}
	if given.Ready != nil {
		made.Status.Conditions = []v1.PodCondition{{
			Type: v1.PodReady, Status: given.Ready.Status, LastTransitionTime: metav1.Time{Time: millis(given.Ready.Since)},
		}}
	}
	for _, one := range given.Containers {
		requests := v1.ResourceList{}
		for resourceName, amount := range one.Requests {
			requests[resourceName] = *resource.NewMilliQuantity(amount, resource.DecimalSI)
		}
		made.Spec.Containers = append(made.Spec.Containers, v1.Container{Name: one.Name, Resources: v1.ResourceRequirements{Requests: requests}})
	}
	return made
}

func run(given scenario) ([]outcome, error) {
	w := &world{hpa: &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}}
	indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	pods := corelisters.NewPodLister(indexer)
	seconds := func(count int64) time.Duration { return time.Duration(count) * time.Second }
	controller := &HorizontalController{
		eventRecorder:                w,
		scaleNamespacer:              scales{w},
		hpaNamespacer:                w,
		tolerance:                    given.Settings.Tolerance,
		downscaleStabilisationWindow: seconds(given.Settings.DownscaleStabilizationSeconds),
		monitor:                      monitor.New(),
		mapper:                       w,
		podLister:                    pods,
		recommendations:              map[string][]timestampedRecommendation{},
		scaleUpEvents:                map[string][]timestampedScaleEvent{},
		scaleDownEvents:              map[string][]timestampedScaleEvent{},
		consistencyStore:             consistencyutil.NewNoopConsistencyStore(),
		selectorTracker:              newHPASelectorStore(),
		replicaCalc: NewReplicaCalculator(metrics{w}, pods,
			seconds(given.Settings.CPUInitializationSeconds), seconds(given.Settings.InitialReadinessDelaySeconds)),
	}
	ours, other := selectors.Key{Namespace: namespace, Name: name}, selectors.Key{Namespace: namespace, Name: "other"}
	controller.selectorTracker.PutIfAbsent(namespace, ours, labels.Nothing())
	all, err := labels.Parse(selector)
	if err != nil {
		return nil, err
	}
	outcomes := make([]outcome, 0, len(given.Steps))
	for _, one := range given.Steps {
		clock, w.step, w.rescaled, w.event = millis(one.At), one, nil, ""
		if one.Spec != nil {
			w.hpa.Spec = *one.Spec
			w.hpa.Spec.ScaleTargetRef = autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: name}
			autoscalingapiv2.SetDefaults_HorizontalPodAutoscalerBehavior(w.hpa)
		}
		list := make([]any, 0, len(one.Pods))
		for _, given := range one.Pods {
			list = append(list, podOf(given))
		}
		if err := indexer.Replace(list, ""); err != nil {
			return nil, err
		}
		controller.selectorTracker.Delete(namespace, other)
		if one.Scale != nil && one.Scale.Selector == "ambiguous" {
			controller.selectorTracker.PutIfAbsent(namespace, other, all)
		}
		// what it returns is what it also says by its conditions and events
		_ = controller.reconcileAutoscaler(context.Background(), w.hpa, key)
		said := outcome{
			Rescale: w.rescaled, Desired: w.hpa.Status.DesiredReplicas, Current: w.hpa.Status.CurrentReplicas,
			Event: w.event, Conditions: map[string]condition{},
		}
		for _, c := range w.hpa.Status.Conditions {
			said.Conditions[string(c.Type)] = condition{string(c.Status), c.Reason, c.Message}
		}
		outcomes = append(outcomes, said)
	}
	return outcomes, nil
}

func main() {
	klog.SetOutput(io.Discard)
	klog.LogToStderr(false)
	utilruntime.ErrorHandlers = nil
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	decoder, encoder := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var given scenario
		err := decoder.Decode(&given)
		if errors.Is(err, io.EOF) {
			break
		}
		var outcomes []outcome
		if err == nil {
			outcomes, err = run(given)
		}
		if err == nil {
			err = encoder.Encode(outcomes)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "error:", err)
			os.Exit(1)
		}
	}
	if err := out.Flush(); err != nil {
		os.Exit(1)
	}
}
