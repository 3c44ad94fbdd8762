#!/usr/bin/env node
import { ignoreClosedPipes } from './cli/output/closed-pipes.ts'
import { program } from './cli/program.ts'

ignoreClosedPipes()
await program(process.argv.slice(2), process.argv[1])
