import { renderCompose } from '../compose/render-compose';
import { secretVariables } from '../compose/variables';
import { hostsOf } from '../model/exposure';
import { SECRET_PATHS } from '../model/secret-paths';
import type { SystemModel } from '../model/system-model';
import type { SecretNeed } from '../secrets/need';
import { clusterNeeds } from '../secrets/need';
import type { Layout } from './layout';
import { locate } from './layout';

/** A file of secrets that a system needs, by path from the project's root. */
export interface SecretFile {
  readonly path: string;
  readonly needs: readonly SecretNeed[];
  /** Text of a new file, its variables still to be filled in. */
  readonly template: () => string;
}

/** Everything of one app that must never be committed. */
export interface SecretFiles {
  /** Values of the cluster's Secrets; undefined where all of them come from elsewhere. */
  readonly cluster: SecretFile | undefined;
  /** `.env` of each compose file. */
  readonly compose: readonly SecretFile[];
  /** Hosts of the self-signed exposures, sorted; none: no certificate is needed. */
  readonly tlsHosts: readonly string[];
}

/** The secrets files of an app. Pure: what they are, not whether they are there. */
export function secretFilesOf(systems: readonly SystemModel[], layout: Layout): SecretFiles {
  const needs = clusterNeeds(systems);
  const selfSigned = systems.flatMap((m) => m.exposures).filter((e) => e.tls?.kind === 'self-signed');
  return {
    cluster:
      needs.length === 0
        ? undefined
        : { path: `${layout.secrets}/${SECRET_PATHS.cluster}`, needs, template: () => CLUSTER_HEADER },
    compose: systems
      .filter((model) => model.services.length > 0)
      .map((model) => composeSecretFile(locate(model, systems, layout))),
    tlsHosts: [...new Set(selfSigned.flatMap(hostsOf))].sort(),
  };
}

const CLUSTER_HEADER = [
  "# Values of the cluster's Secret, read by `tars synth`. Never committed; keep a copy in a safe place.",
  '# A value that is in use is changed by `tars secrets set`, which says what has to follow.',
  '',
].join('\n');

function composeSecretFile(model: SystemModel): SecretFile {
  return {
    path: `${model.settings.composeProject}/.env`,
    needs: [...secretVariables(model).values()].map(({ name, key, secretName, mayBeEmpty, inUrl, readers }) => ({
      ...{ key: name, mayBeEmpty, inUrl, readers },
      foreign: secretName === undefined ? undefined : { secretName, key },
    })),
    template: () => renderCompose(model).env.replace(/^# Copy this file to[^\n]*\n(?:#[^\n]*\n)?/m, ''),
  };
}
