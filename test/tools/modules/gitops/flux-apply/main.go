// Command flux-apply brings objects to a cluster as Flux's kustomize-controller does, once: with Flux's own library, its field manager
// and its labels, and what an earlier time has brought and this one does not is deleted in the background.
//
//	flux-apply < RUN.json
//
// Where the cluster is, KUBECONFIG says. RUN is {kustomization: {name, namespace}, objects: [...], inventory: [...]}; it prints {actions: {object:
// action}, inventory: [...], error}. The inventory lists apiVersion, kind and name of what was brought; what is refused to be deleted stays in it.
// Source: https://github.com/fluxcd/kustomize-controller/blob/v1.9.4/internal/controller/kustomization_controller.go
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/fluxcd/cli-utils/pkg/kstatus/polling"
	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/normalize"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/config"
)

const group = "kustomize.toolkit.fluxcd.io"

type request struct {
	Kustomization types.NamespacedName         `json:"kustomization"`
	Objects       []*unstructured.Unstructured `json:"objects"`
	Inventory     []*unstructured.Unstructured `json:"inventory"`
}

type answer struct {
	Actions   map[string]ssa.Action        `json:"actions"`
	Inventory []*unstructured.Unstructured `json:"inventory"`
	Error     string                       `json:"error,omitempty"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	wanted := request{}
	if err := json.NewDecoder(in).Decode(&wanted); err != nil {
		return err
	}
	restConfig, err := config.GetConfig()
	if err != nil {
		return err
	}
	kubeClient, err := client.New(restConfig, client.Options{})
	if err != nil {
		return err
	}
	poller := polling.NewStatusPoller(kubeClient, kubeClient.RESTMapper(), polling.Options{})
	manager := ssa.NewResourceManager(kubeClient, poller, ssa.Owner{Field: "kustomize-controller", Group: group})
	return json.NewEncoder(out).Encode(reconcile(context.Background(), manager, wanted))
}

func reconcile(ctx context.Context, manager *ssa.ResourceManager, wanted request) answer {
	said := answer{Actions: map[string]ssa.Action{}, Inventory: wanted.Inventory}
	if err := normalize.UnstructuredList(wanted.Objects); err != nil {
		said.Error = err.Error()
		return said
	}
	manager.SetOwnerLabels(wanted.Objects, wanted.Kustomization.Name, wanted.Kustomization.Namespace)
	applied, err := manager.ApplyAllStaged(ctx, wanted.Objects, applyOptions())
	said.add(applied)
	if err != nil {
		said.Error = err.Error()
		return said
	}
	stale := slices.DeleteFunc(slices.Clone(wanted.Inventory), func(known *unstructured.Unstructured) bool {
		return contains(wanted.Objects, known)
	})
	deleted, err := manager.DeleteAll(ctx, stale, deleteOptions(manager, wanted.Kustomization))
	said.add(deleted)
	if err != nil {
		said.Error = err.Error()
	}
	said.Inventory = references(slices.Concat(wanted.Objects, refused(stale, deleted)))
	return said
}

func (said *answer) add(changes *ssa.ChangeSet) {
	if changes == nil {
		return
	}
	for _, entry := range changes.Entries {
		said.Actions[entry.Subject] = entry.Action
	}
}

// applyOptions are those of the controller, as far as they have to do with objects that are no Secrets and no Jobs: what kubectl has
// left on an object is taken off.
func applyOptions() ssa.ApplyOptions {
	options := ssa.DefaultApplyOptions()
	options.Cleanup = ssa.ApplyCleanupOptions{
		Annotations: []string{"kubectl.kubernetes.io/last-applied-configuration"},
		FieldManagers: []ssa.FieldManager{
			{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationApply},
			{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationUpdate},
			{Name: "before-first-apply", OperationType: metav1.ManagedFieldsOperationUpdate},
			{Name: "kustomize-controller", OperationType: metav1.ManagedFieldsOperationUpdate},
		},
		Exclusions: map[string]string{group + "/ssa": "Merge"},
	}
	return options
}

func deleteOptions(manager *ssa.ResourceManager, kustomization types.NamespacedName) ssa.DeleteOptions {
	return ssa.DeleteOptions{
		PropagationPolicy: metav1.DeletePropagationBackground,
		Inclusions:        manager.GetOwnerLabels(kustomization.Name, kustomization.Namespace),
		Exclusions:        map[string]string{group + "/prune": "disabled"},
	}
}

// refused are those of the objects whose deletion failed.
func refused(objects []*unstructured.Unstructured, deleted *ssa.ChangeSet) []*unstructured.Unstructured {
	return slices.DeleteFunc(slices.Clone(objects), func(object *unstructured.Unstructured) bool {
		return !slices.ContainsFunc(deleted.Entries, func(entry ssa.ChangeSetEntry) bool {
			return entry.Action == ssa.UnknownAction && entry.ObjMetadata.Name == object.GetName() && entry.ObjMetadata.GroupKind == object.GroupVersionKind().GroupKind()
		})
	})
}

func contains(objects []*unstructured.Unstructured, wanted *unstructured.Unstructured) bool {
	return slices.ContainsFunc(objects, func(object *unstructured.Unstructured) bool {
		return object.GroupVersionKind().GroupKind() == wanted.GroupVersionKind().GroupKind() && object.GetNamespace() == wanted.GetNamespace() && object.GetName() == wanted.GetName()
	})
}

func references(objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	list := make([]*unstructured.Unstructured, 0, len(objects))
	for _, object := range objects {
		reference := &unstructured.Unstructured{}
		reference.SetGroupVersionKind(object.GroupVersionKind())
		reference.SetName(object.GetName())
		reference.SetNamespace(object.GetNamespace())
		list = append(list, reference)
	}
	return list
}
