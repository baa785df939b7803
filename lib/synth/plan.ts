import type { App, Chart as ChartType } from 'cdk8s';
import { Chart, Yaml } from 'cdk8s';
import { DEVELOPMENT_REMARKS } from '../compose/development-file';
import { renderCompose } from '../compose/render-compose';
import { composeYaml } from '../compose/yaml';
import { DOCKER_DIRECTORY, dockerfileIssues, renderDockerfiles } from '../docker/render-dockerfiles';
import { renderNginx } from '../gateway/render-nginx';
import { secretManifest } from '../kubernetes/secret';
import type { Issue } from '../model/issues';
import type { SecretSpec } from '../model/settings';
import type { SystemModel } from '../model/system-model';
import type { EmittedSet } from '../verify/emitted';
import { findLeakedSecrets } from '../verify/secret-scan';
import { emittedSet } from './emitted';
import type { RenderedCompose } from './emitted';
import type { Layout } from './layout';
import { locate } from './layout';
import { chartFileName, renderManifests } from './manifests';
import type { OutputPlan, PlannedFile } from './write';

/** Values of the secrets, as they were read from files that nothing else reads. */
export interface SecretValues {
  /** Key → value, of all charts together. */
  readonly keys: Readonly<Record<string, string>>;
  /** A self-signed certificate and its key, PEM. @default - none */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Everything that a run is about to write. */
export interface PlannedOutput {
  readonly output: OutputPlan;
  /** The same for the proofs, without secrets. */
  readonly emitted: EmittedSet;
  /** What was found while it was made: what a target cannot express, and secrets that leaked. */
  readonly issues: readonly Issue[];
}

/** Renders all files of an app. Pure but for a temporary directory of stock cdk8s. */
export function planOutput(
  app: App,
  systems: readonly SystemModel[],
  layout: Layout,
  values: SecretValues | undefined,
): PlannedOutput {
  const manifests = renderManifests(app);
  const files: PlannedFile[] = manifests.map(({ name, text }) => ({
    path: `${layout.manifests}/${name}`,
    content: text,
    secret: false,
    mayReplaceForeign: true,
  }));
  const notices: Issue[] = [];
  const projects: RenderedCompose[] = [];
  const composed = systems.filter((model) => model.services.length > 0);
  for (const model of composed) {
    const located = locate(model, systems, layout);
    const directory = located.settings.composeProject;
    const compose = renderCompose(located, { gatewayConfiguration: renderNginx(located) });
    notices.push(...compose.notices, ...dockerfileIssues(located));
    projects.push({
      file: `${directory}/docker-compose.yml`,
      system: model.path,
      compose: compose.file,
      files: compose.files,
    });
    const own = (path: string, content: string): PlannedFile => ({
      path,
      content,
      secret: false,
      mayReplaceForeign: false,
    });
    files.push(
      own(`${directory}/docker-compose.yml`, composeYaml(compose.file)),
      own(`${directory}/compose.dev.yml`, composeYaml(compose.development, DEVELOPMENT_REMARKS)),
      own(`${directory}/.env.example`, compose.env),
      ...compose.files.map((file) => own(`${directory}/${file.path}`, file.content)),
      ...renderDockerfiles(located).map((file) =>
        own(layout.docker + file.path.slice(DOCKER_DIRECTORY.length), file.content),
      ),
    );
  }
  const secrets = planSecrets(app, systems, layout, values);
  const plain = files.map(({ path, content }) => ({ path, content }));
  return {
    output: {
      root: layout.root,
      directories: [...new Set([layout.manifests, layout.compose, layout.docker])],
      files: [...onceEach(files), ...secrets.files],
      removeSecrets: secrets.stale,
    },
    emitted: emittedSet(systems, layout.manifests, manifests, projects),
    issues: [...notices, ...secrets.issues, ...findLeakedSecrets(values?.keys ?? {}, plain)],
  };
}

/** Systems of one app may build the same image: its Dockerfile is one file. */
function onceEach(files: readonly PlannedFile[]): PlannedFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

function planSecrets(
  app: App,
  systems: readonly SystemModel[],
  layout: Layout,
  values: SecretValues | undefined,
): { files: PlannedFile[]; stale: string[]; issues: Issue[] } {
  const files: PlannedFile[] = [];
  const stale: string[] = [];
  const issues: Issue[] = [];
  const systemOfChart = new Map(systems.flatMap((s) => s.services.map((spec) => [spec.chart, s] as const)));
  for (const chart of app.node.findAll().filter((c): c is ChartType => Chart.isChart(c))) {
    const model = systemOfChart.get(chart.node.path);
    if (model === undefined) continue;
    const path = `${layout.manifests}/${chartFileName(app, chart).replace(app.outputFileExtension, `.secrets${app.outputFileExtension}`)}`;
    const documents = secretDocuments(model, chart.node.path, values, issues);
    if (documents === 'none') stale.push(path);
    else if (documents !== 'unknown') {
      files.push({ path, content: Yaml.stringify(...documents), secret: true, mayReplaceForeign: true });
    }
  }
  return { files, stale, issues };
}

/** The Secrets of one chart; `none`: it has none of ours, `unknown`: the values were not handed in. */
function secretDocuments(
  model: SystemModel,
  chart: string,
  values: SecretValues | undefined,
  issues: Issue[],
): object[] | 'none' | 'unknown' {
  const secret = model.settings.secrets.kind === 'generated' ? model.secrets.find((s) => s.chart === chart) : undefined;
  const tls = model.exposures.find((e) => e.chart === chart && e.tls?.kind === 'self-signed');
  if (secret === undefined && tls === undefined) return 'none';
  if (values === undefined) return 'unknown';
  const documents: object[] = [];
  if (secret !== undefined) documents.push(secretManifest(secret, 'Opaque', valuesOf(secret, values, issues)));
  if (tls?.tls !== undefined && values.tls !== undefined) {
    const { cert, key } = values.tls;
    documents.push(
      secretManifest({ ...tls, name: tls.tls.secretName }, 'kubernetes.io/tls', { 'tls.crt': cert, 'tls.key': key }),
    );
  }
  return documents;
}

function valuesOf(secret: SecretSpec, values: SecretValues, issues: Issue[]): Record<string, string> {
  return Object.fromEntries(
    secret.keys.map(({ key, mayBeEmpty, inUrl, readers }) => {
      const value = values.keys[key] ?? '';
      if (value === '' && !mayBeEmpty) {
        issues.push({
          code: 'TARS4002',
          severity: 'error',
          path: key,
          message: `the secret has no value, and ${readers.join(', ')} cannot do without`,
          given: 'nothing',
          allowed: 'a value',
          remedy: 'run `tars secrets init`, or `tars secrets set`',
        });
      }
      if (inUrl && !/^[A-Za-z0-9._~-]*$/.test(value)) {
        issues.push({
          code: 'TARS4001',
          severity: 'error',
          path: key,
          message: `the secret stands in a URL of ${readers.join(', ')}, where it would have to be escaped`,
          given: 'a value with other characters than letters, digits, "-", ".", "_" and "~"',
          allowed: 'letters, digits, "-", ".", "_" and "~"',
          remedy: 'choose another value, or pass URL and password in variables of their own',
        });
      }
      return [key, value];
    }),
  );
}
