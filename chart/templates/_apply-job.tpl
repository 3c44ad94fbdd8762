{{/*
A Job of helm that applies objects with the program, with permissions that exist only while it runs.
Arguments: root, name, component, hook (the events of helm), fieldManager, rules (of its ClusterRole), files (name to YAML).
*/}}
{{- define "k8s-mtp.applyJob" -}}
{{- $root := .root }}
{{- $job := $root.Values.classesJob }}
{{- $name := .name }}
{{- $namespace := include "k8s-mtp.namespace" $root }}
{{- $labels := merge (dict "app.kubernetes.io/component" .component) (include "k8s-mtp.labels" $root | fromYaml) }}
{{- $hook := dict "helm.sh/hook" .hook "helm.sh/hook-weight" "-10" "helm.sh/hook-delete-policy" "before-hook-creation,hook-succeeded" }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels: {{- toYaml $labels | nindent 4 }}
  annotations: {{- toYaml $hook | nindent 4 }}
automountServiceAccountToken: false
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ $name }}
  labels: {{- toYaml $labels | nindent 4 }}
  annotations: {{- toYaml $hook | nindent 4 }}
rules:
  {{- range .rules }}
  - {{ toJson . }}
  {{- end }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ $name }}
  labels: {{- toYaml $labels | nindent 4 }}
  annotations: {{- toYaml $hook | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ $name }}
subjects:
  - kind: ServiceAccount
    name: {{ $name }}
    namespace: {{ $namespace }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels: {{- toYaml $labels | nindent 4 }}
  annotations: {{- toYaml $hook | nindent 4 }}
data:
  {{- range $file, $text := .files }}
  {{ quote $file }}: |
    {{- $text | nindent 4 }}
  {{- end }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels: {{- toYaml $labels | nindent 4 }}
  annotations: {{- merge (dict "helm.sh/hook-weight" "0") $hook $job.annotations | toYaml | nindent 4 }}
spec:
  backoffLimit: {{ $job.backoffLimit }}
  activeDeadlineSeconds: {{ $job.activeDeadlineSeconds }}
  ttlSecondsAfterFinished: {{ $job.ttlSecondsAfterFinished }}
  template:
    metadata:
      labels: {{- merge (dict) $labels $root.Values.podLabels | toYaml | nindent 8 }}
      {{- with $root.Values.podAnnotations }}
      annotations: {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- with include "k8s-mtp.imagePullSecrets" $root }}{{ . | nindent 6 }}{{ end }}
      restartPolicy: Never
      serviceAccountName: {{ $name }}
      automountServiceAccountToken: true
      enableServiceLinks: false
      {{- with $root.Values.podSecurityContext }}
      securityContext: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: apply
          image: {{ include "k8s-mtp.image" $root | quote }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          args: [apply, --filename, /etc/k8s-mtp/{{ .component }}, --field-manager, {{ .fieldManager }}, --timeout, 60s]
          {{- with $job.extraEnv }}
          env: {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with $job.resources }}
          resources: {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with $root.Values.securityContext }}
          securityContext: {{- toYaml . | nindent 12 }}
          {{- end }}
          volumeMounts:
            - {name: {{ .component }}, mountPath: /etc/k8s-mtp/{{ .component }}, readOnly: true}
      volumes:
        - name: {{ .component }}
          configMap: {name: {{ $name }}}
      {{- with include "k8s-mtp.scheduling" $root }}{{ . | nindent 6 }}{{ end }}
{{- end }}
