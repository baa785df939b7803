import { posix } from 'node:path';
import { composeTarget } from '../../model/compose-target';
import type { Development, EnvEntry } from '../../model/service-spec';
import type { TextValue } from '../../model/value';
import { writeText } from '../../model/value';
import type { AllowedDifference, DifferenceOf } from './allowed-difference';

/** What differs because Compose is for development; nothing of it in the environment "production". */
const ROWS: readonly AllowedDifference[] = [
  {
    name: 'development image',
    axis: 'image',
    reason: 'Compose is for development: it builds the development target, under a tag of its own (D15)',
    covers: ({ kubernetes, compose }, pair) => {
      const target = developmentOf(pair)?.target;
      return target !== undefined && compose?.value === `${kubernetes?.value ?? ''}-${target}`;
    },
  },
  {
    name: 'development command',
    axis: 'command',
    reason: 'Compose runs the development server (D15)',
    covers: ({ key, compose }, pair) =>
      key === 'command' && compose?.value === JSON.stringify(developmentOf(pair)?.command),
  },
  {
    name: 'development variables',
    axis: 'environment',
    reason: 'what the development server is told (D15)',
    covers: ({ key, compose }, pair) => {
      const entry = developmentOf(pair)?.env.findLast(({ name }) => name === key);
      return entry !== undefined && compose !== undefined && textOnCompose(entry, pair) === compose.value;
    },
  },
  {
    name: 'development sources',
    axis: 'mounts',
    reason: 'the sources are mounted, so that a change is seen at once (D15)',
    covers: ({ key, kubernetes, compose }, pair) => {
      const source = developmentOf(pair)?.sources.find(({ to }) => to === key);
      const image = pair.component?.spec.image;
      if (source === undefined || kubernetes !== undefined || image?.kind !== 'build') return false;
      const directory = posix.dirname(pair.outputs.compose.file);
      const path = posix.relative(directory, posix.join(image.build.context, source.from));
      return compose?.value === `bind ${path.startsWith('.') ? path : `./${path}`}, read-only`;
    },
  },
  {
    name: 'development memory',
    axis: 'resources',
    reason: 'a development server needs more, or less, than a production one (D15)',
    covers: ({ key, compose }, pair) => {
      const limit = developmentOf(pair)?.memoryLimitMiB;
      if (limit === undefined || pair.component === undefined || pair.component.task !== undefined) return false;
      const request = Math.min(pair.component.spec.resources.memoryRequestMiB, limit);
      return compose?.value === { 'memory limit': `${limit}Mi`, 'memory request': `${request}Mi` }[key];
    },
  },
];

/** The rows of the table. */
export const DEVELOPMENT: readonly AllowedDifference[] = [...ROWS];

/** What differs while the code is being worked on; undefined in the environment "production". */
function developmentOf({ component }: DifferenceOf): Development | undefined {
  return component?.model.settings.environment === 'development' ? component.spec.development : undefined;
}

/** The text of a variable as Compose has it; undefined for a secret. */
function textOnCompose({ value }: EnvEntry, { component }: DifferenceOf): string | undefined {
  if (component === undefined || value.kind === 'secret') return undefined;
  const text: TextValue = value;
  return writeText(text, {
    literal: (literal) => literal,
    secret: () => '',
    endpoint: (endpoint, show) => {
      const target = composeTarget(component.model, endpoint);
      if (target === undefined) return '';
      if (show === 'port') return String(target.port);
      return show === 'address' ? `${target.host}:${target.port}` : target.host;
    },
  });
}
