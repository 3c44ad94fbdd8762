/*
 * Scripts that let a shell complete the command line. Each calls the hidden command `__complete` with the words so far, which prints a line
 * for each candidate, with a tab before its description, and last `:0` if the shell should offer files otherwise, or `:4`: the protocol of
 * kubectl and its plugins. Source: https://github.com/spf13/cobra/blob/main/site/content/completions/_index.md
 */

const bash = `# bash completion for k8s-mtp: source <(k8s-mtp completion bash)
_k8s_mtp() {
  local line directive=4
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(k8s-mtp __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ $directive == 0 && \${#COMPREPLY[@]} -eq 0 ]]; then
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _k8s_mtp k8s-mtp
`

const zsh = `#compdef k8s-mtp
# zsh completion for k8s-mtp: source <(k8s-mtp completion zsh)
_k8s_mtp() {
  local line directive=4
  local -a candidates
  for line in "\${(@f)$(k8s-mtp __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :*) directive=\${line#:} ;;
      ?*) candidates+=("\${\${line//:/\\\\:}/$'\\t'/:}") ;;
    esac
  done
  if (( $#candidates > 0 )); then
    _describe k8s-mtp candidates
  elif [[ $directive == 0 ]]; then
    _files
  fi
}
if [[ \${funcstack[1]} == _k8s_mtp ]]; then _k8s_mtp "$@"; else compdef _k8s_mtp k8s-mtp; fi
`

const fish = `# fish completion for k8s-mtp: k8s-mtp completion fish | source
function __k8s_mtp_complete
  set -l words (commandline -opc)
  set -l typed (commandline -ct)
  set typed "$typed"
  set -l files 4
  set -l candidates
  for line in (k8s-mtp __complete $words[2..-1] $typed 2>/dev/null)
    if string match -q ':*' -- $line
      set files (string sub -s 2 -- $line)
    else
      set -a candidates $line
    end
  end
  if test (count $candidates) -gt 0
    printf '%s\\n' $candidates
  else if test "$files" = 0
    __fish_complete_path $typed
  end
end
complete -c k8s-mtp -f -a '(__k8s_mtp_complete)'
`

const powershell = `# PowerShell completion for k8s-mtp: k8s-mtp completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName 'k8s-mtp' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  # Before 7.3, an empty argument is lost unless it is quoted.
  if ($wordToComplete -eq '') { $words += if ($PSVersionTable.PSVersion -lt [version]'7.3.0') { '""' } else { '' } }
  & k8s-mtp __complete @words 2>$null | Where-Object { $_ -notlike ':*' } | ForEach-Object {
    $value, $description = $_ -split "\`t", 2
    if (-not $description) { $description = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
  }
}
`

export const shells: Readonly<Record<string, string>> = { bash, zsh, fish, powershell }
