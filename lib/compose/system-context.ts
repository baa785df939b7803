import type { Development, ServiceSpec } from '../model/service-spec';
import type { SystemModel } from '../model/system-model';
import { projectName } from './names';
import type { SecretVariable } from './variables';
import { secretVariables } from './variables';

/** What the renderers of one system share. */
export interface SystemContext {
  readonly model: SystemModel;
  /** Name of the Compose project. */
  readonly project: string;
  readonly secrets: ReadonlyMap<string, SecretVariable>;
}

export function systemContext(model: SystemModel): SystemContext {
  return { model, project: projectName(model), secrets: secretVariables(model) };
}

/** What differs while the code is being worked on; undefined in the environment "production". */
export function developmentOf(context: SystemContext, spec: ServiceSpec): Development | undefined {
  return context.model.settings.environment === 'development' ? spec.development : undefined;
}
