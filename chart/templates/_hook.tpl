{{/* How Metacontroller connects to the hook. Boolean defines return yes or the empty string. */}}

{{- define "k8s-mtp.runsHook" -}}
{{- if not .Values.hook.url }}yes{{ end -}}
{{- end }}

{{- define "k8s-mtp.tls" -}}
{{- if or .Values.tls.certManager.enabled .Values.tls.existingSecret }}yes{{ end -}}
{{- end }}

{{- define "k8s-mtp.scheme" -}}
{{- ternary "https" "http" (ne (include "k8s-mtp.tls" .) "") -}}
{{- end }}

{{- define "k8s-mtp.tlsSecretName" -}}
{{- default (printf "%s-tls" (include "k8s-mtp.fullname" .)) .Values.tls.existingSecret -}}
{{- end }}

{{- define "k8s-mtp.host" -}}
{{ include "k8s-mtp.fullname" . }}.{{ include "k8s-mtp.namespace" . }}.svc
{{- end }}

{{/* URL without the path: /sync or /customize. */}}
{{- define "k8s-mtp.url" -}}
{{- if .Values.hook.url -}}
{{- trimSuffix "/" .Values.hook.url -}}
{{- else -}}
{{ include "k8s-mtp.scheme" . }}://{{ include "k8s-mtp.host" . }}:{{ .Values.service.port }}
{{- end -}}
{{- end }}

{{/* caBundle of a CompositeController without namespaces; empty for the CAs of the system. */}}
{{- define "k8s-mtp.caBundle" -}}
{{- $ca := .Values.tls.caBundle }}
{{- if $ca.inline -}}
inline: {{ $ca.inline | quote }}
{{- else if $ca.secretRef.name -}}
secretRef: {{ pick $ca.secretRef "name" "key" | toJson }}
{{- else if $ca.configMapRef.name -}}
configMapRef: {{ pick $ca.configMapRef "name" "key" | toJson }}
{{- else if .Values.tls.certManager.enabled -}}
secretRef: {{ dict "name" (include "k8s-mtp.tlsSecretName" .) "key" "ca.crt" | toJson }}
{{- end -}}
{{- end }}

{{/* Connection settings of each webhook of the CompositeController. */}}
{{- define "k8s-mtp.webhook" -}}
{{- $namespace := include "k8s-mtp.namespace" . }}
{{- $isHttps := hasPrefix "https://" (include "k8s-mtp.url" .) }}
timeout: {{ .Values.hook.timeout | quote }}
{{- if $isHttps }}
{{- with include "k8s-mtp.caBundle" . | fromYaml }}
caBundle:
  {{- range $source, $value := . }}
  {{- if eq $source "inline" }}
  inline: {{ $value | quote }}
  {{- else }}
  {{ $source }}: {{ merge (dict "namespace" $namespace) $value | toJson }}
  {{- end }}
  {{- end }}
{{- end }}
{{- end }}
{{- with .Values.auth.bearer.existingSecret }}
{{- if .name }}
authorization:
  type: Bearer
  secretRef: {{ dict "name" .name "namespace" $namespace "key" .key | toJson }}
{{- end }}
{{- end }}
{{- with .Values.auth.clientCertificate.secretRef }}
{{- if .name }}
clientTLS:
  secretRef: {{ dict "name" .name "namespace" $namespace | toJson }}
  certKey: {{ .certKey | quote }}
  privateKeyKey: {{ .keyKey | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Resources that these settings reference, as a JSON list. */}}
{{- define "k8s-mtp.referenced" -}}
{{- $webhook := include "k8s-mtp.webhook" . | fromYaml }}
{{- $ca := default dict $webhook.caBundle }}
{{- $kinds := list }}
{{- if or $ca.secretRef $webhook.authorization $webhook.clientTLS }}{{ $kinds = append $kinds "secrets" }}{{ end }}
{{- if $ca.configMapRef }}{{ $kinds = append $kinds "configmaps" }}{{ end }}
{{- toJson $kinds -}}
{{- end }}

{{- define "k8s-mtp.resources" -}}
{{- default (include "k8s-mtp.sizing" . | fromJson).hook.resources .Values.resources | toYaml -}}
{{- end }}
