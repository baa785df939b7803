import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'cdk8s';
import { ApiObject, Chart, DependencyGraph, Names, YamlOutputType } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { loadAll } from 'js-yaml';
import { TarsChart } from '../constructs/tars-chart';
import { inApplyOrder } from '../kubernetes/apply-order';
import { emitManifest } from './emit';

/** One manifest file: its name in the output directory, its text, and its objects. */
export interface ManifestFile {
  readonly name: string;
  readonly text: string;
  readonly objects: readonly Record<string, unknown>[];
}

/**
 * The manifests of an app, byte for byte what `app.synth()` writes. Stock synth prepares the whole
 * app again for each chart; where nothing depends on anything, which is how this library builds its
 * trees, there is nothing to prepare.
 */
export function renderManifests(app: App): ManifestFile[] {
  const constructs = app.node.findAll();
  const charts = constructs.filter((c): c is Chart => Chart.isChart(c));
  if (isPlain(app, constructs, charts)) return charts.map((chart) => renderChart(app, chart));
  return renderByStock(app);
}

/** True when no dependency can change the order or the names of files. */
function isPlain(app: App, constructs: readonly IConstruct[], charts: readonly Chart[]): boolean {
  return (
    app.yamlOutputType === YamlOutputType.FILE_PER_CHART &&
    charts.every((chart) => chart.node.scope === app) &&
    constructs.every((c) => c.node.dependencies.length === 0)
  );
}

function renderChart(app: App, chart: Chart): ManifestFile {
  const objects = objectsOf(chart);
  return { name: chartFileName(app, chart), text: objects.map(emitManifest).join('---\n'), objects };
}

/** What `chart.toJson()` gives. A chart with an order of its own is asked: it may be anybody's. */
function objectsOf(chart: Chart): Record<string, unknown>[] {
  if (chart.toJson !== Chart.prototype.toJson && chart.toJson !== TarsChart.prototype.toJson) {
    return Object.values(chart.toJson() as Record<string, unknown>[]);
  }
  const objects = new DependencyGraph(chart.node)
    .topology()
    .filter((c): c is ApiObject => ApiObject.isApiObject(c))
    .map((object) => object.toJson() as Record<string, unknown>);
  return chart.toJson === Chart.prototype.toJson ? objects : inApplyOrder(objects);
}

/** Name of a chart's file in a plain app. */
export function chartFileName(app: App, chart: Chart): string {
  return `${Names.toDnsLabel(chart)}${app.outputFileExtension}`;
}

/** Lets stock cdk8s write into a directory of its own, and reads it back. */
function renderByStock(app: App): ManifestFile[] {
  const directory = mkdtempSync(join(tmpdir(), 'cdk8s-tars-'));
  const own = Object.getOwnPropertyDescriptor(app, 'outdir');
  try {
    Object.defineProperty(app, 'outdir', { value: directory, configurable: true, writable: true });
    app.synth();
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const text = readFileSync(path, 'utf8');
        const objects = loadAll(text).filter((o) => o !== null && o !== undefined) as Record<string, unknown>[];
        return { name: path.slice(directory.length + 1).replaceAll('\\', '/'), text, objects };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } finally {
    if (own !== undefined) Object.defineProperty(app, 'outdir', own);
    rmSync(directory, { recursive: true, force: true });
  }
}
