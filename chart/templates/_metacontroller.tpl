{{/* Metacontroller: that of this chart, or the one of the cluster. */}}

{{- define "k8s-mtp.metacontroller.install" -}}
{{- if .Values.metacontroller.install }}yes{{ end -}}
{{- end }}

{{- define "k8s-mtp.metacontroller.fullname" -}}
{{ include "k8s-mtp.fullname" . | trunc 48 | trimSuffix "-" }}-metacontroller
{{- end }}

{{/* Its ServiceAccount as JSON: namespace, name. The guardrails exempt it, so both ways to install Metacontroller set it here. */}}
{{- define "k8s-mtp.metacontroller.account" -}}
{{- $given := .Values.metacontroller.serviceAccount }}
{{- if include "k8s-mtp.metacontroller.install" . -}}
{{- dict "namespace" (include "k8s-mtp.namespace" .) "name" (default (include "k8s-mtp.metacontroller.fullname" .) $given.name) | toJson -}}
{{- else -}}
{{- dict "namespace" (default "metacontroller" $given.namespace) "name" (default "metacontroller" $given.name) | toJson -}}
{{- end -}}
{{- end }}

{{/* Selects only pods of the Metacontroller of this chart. */}}
{{- define "k8s-mtp.metacontroller.selectorLabels" -}}
{{ include "k8s-mtp.identity" . }}
app.kubernetes.io/component: metacontroller
{{- end }}

{{- define "k8s-mtp.metacontroller.labels" -}}
{{ include "k8s-mtp.labels" . }}
app.kubernetes.io/component: metacontroller
{{- end }}

{{/* Client limits, workers and resources of `sizing`, as JSON. Figures: docs/operations.md#sizing. Checked here, before any use. */}}
{{- define "k8s-mtp.sizing" -}}
{{- if kindIs "invalid" .Values.sizing }}
{{- fail "sizing is missing: helm upgrade --reuse-values takes no defaults of a new version. Use --reset-then-reuse-values" }}
{{- end }}
{{- if not (has (toString .Values.sizing) (list "100" "1000" "10000")) }}
{{- fail (printf "sizing is %v: use 100, 1000 or 10000, the number of namespaces of Tenants" .Values.sizing) }}
{{- end }}
{{- get (.Files.Get "files/sizing.yaml" | fromYaml) (toString .Values.sizing) | toJson -}}
{{- end }}

{{- define "k8s-mtp.metacontroller.resources" -}}
{{- default (include "k8s-mtp.sizing" . | fromJson).metacontroller.resources .Values.metacontroller.resources | toYaml -}}
{{- end }}

{{/* 85 % of the memory limit, at which Go collects garbage more often; empty for a limit in other units than Mi and Gi. */}}
{{- define "k8s-mtp.metacontroller.goMemoryLimit" -}}
{{- $limit := dig "limits" "memory" "" (include "k8s-mtp.metacontroller.resources" . | fromYaml) | toString }}
{{- if regexMatch "^[0-9]+[MG]i$" $limit -}}
{{- $mebibytes := mul (trimSuffix "Mi" $limit | trimSuffix "Gi" | int) (ternary 1024 1 (hasSuffix "Gi" $limit)) -}}
{{ div (mul $mebibytes 85) 100 }}MiB
{{- end -}}
{{- end }}
