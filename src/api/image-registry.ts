import { Type } from '@sinclair/typebox'
import { withValidations } from './validation/cel-rule.ts'
import { dnsName } from './validation/label-syntax.ts'

const pathSegment = '[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*'

/** The grammar of image references, without tag and digest. Source: https://pkg.go.dev/github.com/distribution/reference */
const repository = new RegExp(`^${dnsName}(:[0-9]+)?(/${pathSegment})*$`)

/** Tells a registry from the first part of a path at Docker Hub. */
const beginsWithRegistry = /^([^/]*[.:]|localhost(\/|$))/

/** In CEL, in which a slash is no special character. */
const inCel = ({ source }: RegExp) => source.replaceAll('\\/', '/')

/** A registry, or a path in it. */
export const ImageRegistry = withValidations(
  Type.String({
    minLength: 1,
    maxLength: 255,
    description: 'A registry, or the beginning of a path in it: registry.example.com, registry.example.com/team, docker.io/library.'
  }),
  [
    {
      rule: `self.matches('${inCel(repository)}') && self.matches('${inCel(beginsWithRegistry)}')`,
      message: 'write a registry in lower case, with an optional path, and without scheme, tag or digest: registry.example.com, ' +
        'registry.example.com:5000/team, docker.io/library',
      isValid: self => repository.test(self) && beginsWithRegistry.test(self)
    },
    {
      rule: "!self.matches('^index[.]docker[.]io(/|$)')",
      message: 'index.docker.io is an old name. Write docker.io',
      isValid: self => !/^index[.]docker[.]io(\/|$)/.test(self)
    }
  ]
)
