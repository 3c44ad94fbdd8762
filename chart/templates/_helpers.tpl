{{- define "k8s-mtp.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* Name of namespaced objects. Cluster-scoped objects have fixed names: a cluster has one k8s-mtp. */}}
{{- define "k8s-mtp.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "k8s-mtp.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "k8s-mtp.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "k8s-mtp.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end }}

{{- define "k8s-mtp.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "k8s-mtp.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end }}

{{- define "k8s-mtp.identity" -}}
app.kubernetes.io/name: {{ include "k8s-mtp.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* Selects only pods of the hook: those of the Job and of helm test have the same identity. */}}
{{- define "k8s-mtp.selectorLabels" -}}
{{ include "k8s-mtp.identity" . }}
app.kubernetes.io/component: hook
{{- end }}

{{- define "k8s-mtp.labels" -}}
{{- $own := include "k8s-mtp.identity" . | fromYaml }}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") }}
{{- $_ := set $own "app.kubernetes.io/version" .Chart.AppVersion }}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service }}
{{- $_ := set $own "app.kubernetes.io/part-of" "k8s-mtp" }}
{{- /* Objects that are a component set it themselves. */}}
{{- merge $own (omit .Values.commonLabels "app.kubernetes.io/component") | toYaml -}}
{{- end }}

{{- define "k8s-mtp.image" -}}
{{ include "k8s-mtp.imageOf" (dict "root" . "image" .Values.image "tag" (default .Chart.AppVersion .Values.image.tag)) }}
{{- end }}

{{/* Arguments: root, image (registry, repository, digest), tag. */}}
{{- define "k8s-mtp.imageOf" -}}
{{- with default .image.registry .root.Values.global.imageRegistry }}{{ . }}/{{ end }}{{ .image.repository }}:{{ .tag }}
{{- with .image.digest }}@{{ . }}{{ end -}}
{{- end }}

{{- define "k8s-mtp.imagePullSecrets" -}}
{{- with concat .Values.global.imagePullSecrets .Values.imagePullSecrets | uniq -}}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Fields of all pods: where they run, and how. */}}
{{- define "k8s-mtp.scheduling" -}}
{{- $fields := dict }}
{{- range $field, $value := pick .Values "nodeSelector" "tolerations" "priorityClassName" "affinity" "runtimeClassName" "dnsPolicy" }}
{{- if $value }}{{ $_ := set $fields $field $value }}{{ end }}
{{- end }}
{{- if $fields }}{{ toYaml $fields }}{{ end -}}
{{- end }}

{{/* The same of the pods of a Deployment, whose replicas are spread. Arguments: root, selector. */}}
{{- define "k8s-mtp.schedulingOfReplicas" -}}
{{- $fields := include "k8s-mtp.scheduling" .root | fromYaml }}
{{- $constraints := list }}
{{- range .root.Values.topologySpreadConstraints }}
{{- $constraints = append $constraints (hasKey . "labelSelector" | ternary . (merge (dict "labelSelector" (dict "matchLabels" $.selector)) .)) }}
{{- end }}
{{- with $constraints }}{{ $_ := set $fields "topologySpreadConstraints" . }}{{ end }}
{{- if $fields }}{{ toYaml $fields }}{{ end -}}
{{- end }}

{{/*
An object from files/, generated from src, with the labels of the chart.
Arguments: root, object, annotations (those of the object take precedence).
*/}}
{{- define "k8s-mtp.shipped" -}}
{{- $metadata := .object.metadata }}
{{- $_ := set $metadata "labels" (merge (dict) (default dict $metadata.labels) (include "k8s-mtp.labels" .root | fromYaml)) }}
{{- with merge (dict) (default dict $metadata.annotations) .annotations }}
{{- $_ := set $metadata "annotations" . }}
{{- end }}
{{- toYaml .object }}
{{- end }}

{{/* The shipped classes in classPresets that classes does not replace: name to spec, as JSON. */}}
{{- define "k8s-mtp.presets" -}}
{{- $presets := dict }}
{{- range .Values.classPresets }}
{{- if not (hasKey (default dict $.Values.classes) .) }}
{{- $_ := set $presets . ($.Files.Get (printf "files/classes/%s.yaml" .) | fromYaml).spec }}
{{- end }}
{{- end }}
{{- toJson $presets -}}
{{- end }}

{{/* All roles of a class, also further ones, as JSON: the path of a field of the class to the role. */}}
{{- define "k8s-mtp.rolesOf" -}}
{{- $roles := dict }}
{{- range $field := list "roles" "additionalRoles" }}
{{- range $name, $role := default dict (get $ $field) }}
{{- $_ := set $roles (printf "%s.%s" $field $name) $role }}
{{- end }}
{{- end }}
{{- toJson $roles -}}
{{- end }}

{{- define "k8s-mtp.keep" -}}
{{- if . }}helm.sh/resource-policy: keep{{ end -}}
{{- end }}

{{/*
The policies in files/, generated from src, with values in place of placeholders. These are replaced in the JSON of each
object, where values that validate.yaml accepts (no quotes, no backslashes) cannot end a string of JSON or CEL.
Arguments: root, files, annotations.
*/}}
{{- define "k8s-mtp.policies" -}}
{{- $guardrails := .root.Values.guardrails }}
{{- $account := include "k8s-mtp.metacontroller.account" .root | fromJson }}
{{- range $path, $_ := .root.Files.Glob .files }}
{{- range $document := splitList "---\n" ($.root.Files.Get $path) }}
{{- $json := fromYaml $document | toJson
  | replace "'PLACEHOLDER_OF_BREAK_GLASS'" (printf "'%s'" (join "', '" $guardrails.breakGlassGroups))
  | replace "PLACEHOLDER_OF_BREAK_GLASS" (join " or " $guardrails.breakGlassGroups)
  | replace "'PLACEHOLDER_OF_POD_SECURITY'" (printf "'%s'" (join "', '" $guardrails.podSecurity))
  | replace "PLACEHOLDER_OF_POD_SECURITY" (join " or " $guardrails.podSecurity)
  | replace "'PLACEHOLDER_OF_PLATFORM_NAMESPACES'" (printf "'%s'" (prepend $guardrails.platformNamespaces $.root.Release.Namespace | join "', '"))
  | replace "PLACEHOLDER_OF_ENGINE_NAMESPACE" $account.namespace
  | replace "PLACEHOLDER_OF_ENGINE_ACCOUNT" $account.name }}
---
{{ include "k8s-mtp.shipped" (dict "root" $.root "object" (fromJson $json) "annotations" $.annotations) }}
{{- end }}
{{- end }}
{{- end }}

{{/* True where the API server serves MutatingAdmissionPolicy in v1: Kubernetes 1.36 and later. */}}
{{- define "k8s-mtp.fillsInDefaults" -}}
{{- if semverCompare ">=1.36-0" .Capabilities.KubeVersion.Version }}true{{ end }}
{{- end }}
