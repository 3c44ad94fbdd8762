#!/usr/bin/env node
import { program } from './cli/program.ts'

await program(process.argv.slice(2), process.argv[1])
