import { composeTarget } from '../model/compose-target';
import type { EnvEntry } from '../model/service-spec';
import type { SystemModel } from '../model/system-model';
import type { TextValue } from '../model/value';
import { writeText } from '../model/value';
import type { Variable } from './interpolation';
import { Interpolation } from './interpolation';
import type { SystemContext } from './system-context';
import { secretVariableName } from './variables';

/** Environment variables as a map; of a name said twice the last one counts. */
export function composeEnvironment(
  context: SystemContext,
  entries: readonly EnvEntry[],
): Readonly<Record<string, string | Interpolation>> {
  const sorted = [...new Map(entries.map((entry) => [entry.name, entry.value]))].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([name, value]) => [
      name,
      value.kind === 'secret'
        ? new Interpolation([secretReference(context, value.secretName, value.key)])
        : interpolatedText(context, value),
    ]),
  );
}

/** A text without secrets, endpoints in Compose's host names: for configuration files. */
export function composeText(model: SystemModel, value: TextValue): string {
  return writeText(value, {
    literal: (text) => text,
    endpoint: (endpoint, show) => endpointText(model, endpoint, show),
    // defineService has refused it.
    secret: () => '',
  });
}

function interpolatedText(context: SystemContext, value: TextValue): string | Interpolation {
  const parts = value.parts.map((part) => {
    if (typeof part === 'string') return part;
    return 'secretKey' in part
      ? secretReference(context, undefined, part.secretKey)
      : endpointText(context.model, part.endpoint, part.show);
  });
  return parts.every((part) => typeof part === 'string') ? parts.join('') : new Interpolation(parts);
}

/** A reference to a secret's variable: Compose refuses to start without it, and says the remedy. */
function secretReference(context: SystemContext, secretName: string | undefined, key: string): Variable {
  const name = secretVariableName(secretName, key);
  const directory = context.model.settings.composeProject;
  return {
    kind: 'required',
    name,
    mayBeEmpty: context.secrets.get(name)?.mayBeEmpty ?? false,
    remedy: `copy ${directory}/.env.example to ${directory}/.env and set ${name} there`,
  };
}

type EndpointPart = Extract<TextValue['parts'][number], { endpoint: unknown }>;

function endpointText(model: SystemModel, endpoint: EndpointPart['endpoint'], show: EndpointPart['show']): string {
  const target = composeTarget(model, endpoint);
  // A link to nothing is an error of the rules; nothing is written then.
  if (target === undefined) return '';
  if (show === 'address') return `${target.host}:${target.port}`;
  if (show === 'port') return String(target.port);
  // One name resolves to the addresses of all replicas.
  return target.host;
}
