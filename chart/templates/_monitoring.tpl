{{/*
Whether to render an object of the Prometheus operator: yes, or empty. Arguments: root, kind, settings (enabled, renderMode).
*/}}
{{- define "k8s-mtp.ofPrometheusOperator" -}}
{{- if .settings.enabled -}}
{{- $isServed := .root.Capabilities.APIVersions.Has (printf "monitoring.coreos.com/v1/%s" .kind) -}}
{{- if or $isServed (eq .settings.renderMode "alwaysRender") -}}
yes
{{- else if eq .settings.renderMode "failIfMissing" -}}
{{- fail (printf "the cluster does not serve the kind %s of monitoring.coreos.com/v1: install the Prometheus operator, or set renderMode to skipIfMissing" .kind) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Labels of the chart, with those that the operator or Grafana's sidecar selects by. */}}
{{- define "k8s-mtp.labelsWith" -}}
{{- merge (include "k8s-mtp.labels" .root | fromYaml) .additional | toYaml -}}
{{- end }}

{{/* Of NetworkPolicies. */}}
{{- define "k8s-mtp.prometheusPeer" -}}
{{- with .Values.networkPolicy.prometheus -}}
namespaceSelector: {{- toYaml .namespaceSelector | nindent 2 }}
{{- with .podSelector }}
podSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}
