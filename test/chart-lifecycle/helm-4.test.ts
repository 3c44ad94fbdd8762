import { lifecycle } from './lifecycle.ts'

lifecycle('helm-4')
