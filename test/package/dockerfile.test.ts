import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { copyBuildContext } from './build-context.ts'
import { parseDockerfile } from './dockerfile.ts'
import { filesBelow } from './files.ts'
import { buildImage } from './image.ts'

const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-dockerfile-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Creates a folder with files that contain their own names. */
function tree (name: string, files: string[]): string {
  for (const file of files) {
    mkdirSync(join(folder, name, file, '..'), { recursive: true })
    writeFileSync(join(folder, name, file), file)
  }
  return join(folder, name)
}

describe('parsing and building a Dockerfile', () => {
  it.each([
    ['an unknown instruction', 'ADD src src'],
    ['an option of RUN', 'RUN --mount=type=secret,id=x cat /run/secrets/x'],
    ['an option of COPY', 'COPY --chown=1:1 src src'],
    ['a pattern in COPY', 'COPY src/*.ts src'],
    ['a shell command', 'CMD node main.js']
  ])('rejects %s', (_, line) => {
    expect(() => parseDockerfile(`FROM base AS build\n${line}\n`)).toThrow()
  })

  it('builds all stages', () => {
    const context = tree('context', ['package.json', 'src/main.ts', 'src/deep/other.ts'])
    const built = buildImage(
      parseDockerfile(
        [
          'FROM --platform=$BUILDPLATFORM one:1 AS build',
          'WORKDIR /source',
          'COPY package.json ./',
          'COPY src code',
          '# a comment',
          'RUN mkdir out && cat package.json > out/made && \\',
          '    rm package.json',
          'FROM two:2',
          'WORKDIR /app',
          'COPY --from=build /source/out ./',
          'COPY --from=build /source/code/main.ts main',
          'CMD ["serve"]'
        ].join('\n')
      ),
      context,
      tree('stages', ['.keep'])
    )
    expect(filesBelow(built.root)).toEqual(['app/made', 'app/main'].sort())
    expect(built).toMatchObject({ workdir: '/app', cmd: ['serve'] })
  })

  it('fails for a missing file', () => {
    expect(() =>
      buildImage(
        parseDockerfile('FROM one:1\nWORKDIR /app\nCOPY missing ./\n'),
        tree('empty', ['.keep']),
        tree('none', ['.keep'])
      )
    ).toThrow('missing')
  })
})

describe('the build context', () => {
  it('contains only what .dockerignore allows', () => {
    const repository = tree('repository', ['a', 'b', 'c/d', '.env'])
    writeFileSync(join(repository, '.dockerignore'), '*\n!a\n!c\n')
    const sent = tree('sent', [])
    copyBuildContext(repository, sent)
    expect(filesBelow(sent)).toEqual(['a', 'c/d'])
  })

  it.each([['no allowlist', 'node_modules\n'], ['a pattern', '*\n!**/*.ts\n']])('rejects a .dockerignore with %s', (_, text) => {
    const repository = tree('guessed', ['a'])
    writeFileSync(join(repository, '.dockerignore'), text)
    expect(() => copyBuildContext(repository, join(folder, 'nothing'))).toThrow()
  })
})
