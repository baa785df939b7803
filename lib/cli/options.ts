import { Option } from '@commander-js/extra-typings';
import type { Output } from './io';
import { word } from './ops-values';

const FORMATS = ['table', 'json'] as const;

/** How a command prints data. */
export type Format = (typeof FORMATS)[number];

/** `-o, --format`: words for people, or JSON for programs. */
export function formatOption(): Option<'-o, --format <format>', undefined, 'table', undefined, false, Format> {
  return new Option('-o, --format <format>', 'how to print').choices(FORMATS).default('table' as const);
}

/** `-o` of a command whose findings code hosts show. */
export function findingsFormatOption(): Option<
  '-o, --format <format>',
  undefined,
  'table',
  undefined,
  false,
  Format | 'sarif'
> {
  return new Option('-o, --format <format>', 'how to print; sarif is for code hosts')
    .choices([...FORMATS, 'sarif'] as const)
    .default('table' as const);
}

/** `--app`: the file that exports the app. */
export function appOption(): Option<'--app <file>', undefined, undefined, undefined, false, string> {
  return new Option('--app <file>', 'the file that exports your app (default: main.ts, else main.js)').argParser(word);
}

/** `--env`: one of the environments that the file exports. */
export function envOption(): Option<'--env <name>'> {
  return new Option('--env <name>', 'one environment: "default", or a key of the export `environments`');
}

/** Prints data as JSON. */
export function printJson(output: Output, data: unknown): void {
  output.write(`${JSON.stringify(data, null, 2)}\n`);
}

/** `--engine`: what builds and pushes images. */
export function engineOption(): Option<'--engine <program>', undefined, 'docker', undefined, false, string> {
  return new Option('--engine <program>', 'docker, or a program with the same commands: podman, nerdctl')
    .argParser(word)
    .default('docker' as const);
}

/** `--dry-run`: say, and do nothing. */
export function dryRunOption(): Option<'--dry-run'> {
  return new Option('--dry-run', 'print the commands and run none');
}
