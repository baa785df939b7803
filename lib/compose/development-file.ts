import type { Build, ServiceSpec } from '../model/service-spec';
import type { ComposeFile, ComposeService, ComposeWatch } from './compose-file';
import { startPeriodSeconds } from './health-table';
import { fromContext } from './paths';
import { composeHealthCommand } from '../model/compose-target';
import type { SystemContext } from './system-context';
import { developmentOf } from './system-context';

/** How often a check is asked while its service is starting. */
const START_INTERVAL = '2s';

/** What an image is made from besides its sources: a change of it needs another build. */
const MANIFESTS: Record<Build['kind'], readonly string[]> = {
  python: ['requirements.txt'],
  'node-static': ['package.json', 'package-lock.json'],
};

/** How it is used, for the head of the file. */
export const DEVELOPMENT_REMARKS: readonly string[] = [
  'For Compose 2.22 and an engine 25 or later; an older one refuses it:',
  '  docker compose -f docker-compose.yml -f compose.dev.yml up --watch',
];

/**
 * `compose.dev.yml`: what Compose before 2.22 or an engine before 25 refuses, so it is named on
 * purpose, after the main file. Source directories are mounted, not synchronized: a container with
 * a read-only root takes no copies.
 */
export function developmentFile(context: SystemContext): ComposeFile {
  const services = context.model.services
    .map((spec): [string, ComposeService] => [spec.composeName, { ...quickStart(spec), ...watch(context, spec) }])
    .filter(([, service]) => Object.keys(service).length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { services: Object.fromEntries(services) };
}

function quickStart(spec: ServiceSpec): ComposeService {
  // Compose refuses a start_interval without a start_period.
  if (composeHealthCommand(spec) === undefined || startPeriodSeconds(spec.health) === 0) return {};
  return { healthcheck: { start_interval: START_INTERVAL } };
}

function watch(context: SystemContext, spec: ServiceSpec): ComposeService {
  const { image } = spec;
  if (image.kind !== 'build' || developmentOf(context, spec) === undefined) return {};
  const triggers = MANIFESTS[image.build.kind].map((file): ComposeWatch => {
    return { action: 'rebuild', path: fromContext(context.model.settings, image.build, file) };
  });
  return { develop: { watch: triggers } };
}
