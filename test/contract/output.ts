import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { App } from 'cdk8s';
import { TarsChart } from 'cdk8s-tars';
import type { TarsChartProps } from 'cdk8s-tars';
import { load } from 'js-yaml';
import { parseAllDocuments } from 'yaml';
import { synthesize } from '../../lib/synth';

/** Parsed YAML or JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Everything that a run wrote, parsed again. */
export interface Output {
  /** Manifests by `Kind/name`. */
  readonly kubernetes: Record<string, Json>;
  readonly compose: Json;
  /** Every file as text, by its path from the root. */
  readonly files: Record<string, string>;
}

export const SECRETS: Readonly<Record<string, string>> = {
  GRAFANA_ADMIN_PASSWORD: 'test-grafana-0123456789',
  JWT_SECRET_KEY: 'test-jwt-0123456789',
  OPENAI_API_KEY: '',
  POSTGRES_PASSWORD: 'test-postgres-0123456789',
  REDIS_PASSWORD: 'test-redis-0123456789',
};

/** Synthesizes the TARS stack into a directory of its own and reads what came out. */
export function outputOf(props: TarsChartProps = {}): Output {
  const root = mkdtempSync(join(tmpdir(), 'tars-contract-'));
  try {
    const app = new App({ outdir: join(root, 'dist') });
    new TarsChart(app, 'tars', props);
    synthesize(app, { values: { keys: SECRETS } });
    const files = Object.fromEntries(
      readdirSync(root, { recursive: true, encoding: 'utf8' })
        .filter((name) => statSync(join(root, name)).isFile())
        .map((name) => [relative('.', name).split(sep).join('/'), readFileSync(join(root, name), 'utf8')]),
    );
    const documents = Object.entries(files)
      .filter(([name]) => name.startsWith('dist/') && name.endsWith('.yaml'))
      .flatMap(([, text]) => parseAllDocuments(text, { version: '1.1' }).map((d) => d.toJSON() as Json));
    return {
      kubernetes: Object.fromEntries(
        documents.map((o) => [`${String(o['kind'])}/${(o['metadata'] as { name: string }).name}`, o]),
      ),
      compose: load(files['compose/docker-compose.yml'] ?? '') as Json,
      files,
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/**
 * A value by its path, e.g. `spec.ports[name=http].port`: an index, or the first item with this
 * property. Undefined where there is nothing.
 */
export function at(value: unknown, path: string): unknown {
  return path.split(/\.(?![^[]*\])/).reduce<unknown>((sum, step) => {
    const match = /^([^[]*)(?:\[(?:(\d+)|([\w-]+)=([^\]]+))\])?$/.exec(step);
    const [, key = '', index, property, wanted] = match ?? [];
    const next = key === '' ? sum : (sum as Json | undefined)?.[key];
    if (index !== undefined) return (next as unknown[] | undefined)?.[Number(index)];
    if (property === undefined) return next;
    return (next as Json[] | undefined)?.find((item) => String(item[property]) === wanted);
  }, value);
}
