import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { repositoryPath } from '../cluster/paths.ts'

interface Manager { managerFilePatterns: string[], matchStrings: string[] }

const read = (path: string): string => readFileSync(repositoryPath(path), 'utf8')
const { customManagers } = JSON.parse(read('renovate.json')) as { customManagers: Manager[] }

it.each(['chart/values.yaml', 'chart/Chart.yaml'])('renovate finds the image of Metacontroller in %s once', path => {
  const managers = customManagers.filter(({ managerFilePatterns }) => managerFilePatterns.some(pattern => new RegExp(pattern.slice(1, -1)).test(path)))
  const found = managers.flatMap(({ matchStrings }) => matchStrings).flatMap(text => [...read(path).matchAll(new RegExp(text, 'g'))])
  const { tag, digest } = parse(read('chart/values.yaml')).metacontroller.image
  expect(found.map(({ groups }) => ({ ...groups }))).toEqual([
    { depName: 'metacontroller/metacontroller', currentValue: tag, ...(path === 'chart/values.yaml' && { currentDigest: digest }) }
  ])
})
