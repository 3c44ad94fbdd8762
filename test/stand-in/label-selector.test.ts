import { expect, test } from 'vitest'
import { parseLabelSelector, selects } from './label-selector.ts'

test.each([
  ['', {}, true],
  [' ', { a: '1' }, true],
  ['app=x', { app: 'x' }, true],
  ['app==x', { app: 'y' }, false],
  ['app=x,app=y', { app: 'y' }, false],
  ['app.kubernetes.io/name = k8s-mtp', { 'app.kubernetes.io/name': 'k8s-mtp' }, true],
  ['tier!=back', {}, true],
  ['tier!=back', { tier: 'back' }, false],
  ['zone in (a, b),app=x', { zone: 'b', app: 'x' }, true],
  ['zone in (a,b)', {}, false],
  ['zone notin (a)', {}, true],
  ['owner', { owner: '' }, true],
  ['owner', {}, false],
  ['!owner', {}, true],
  ['! owner', { owner: 'x' }, false]
])('%j selects %j: %j', (text, labels, expected) => {
  expect(selects(parseLabelSelector(text), labels)).toBe(expected)
})

test.each(['app>1', 'app=x,', '!app=x', 'app in x', 'a b'])('refuses %j', text => {
  expect(() => parseLabelSelector(text)).toThrow('not a label selector that the stand-in supports')
})
