import { check, RULES } from '../rules/check';
import type { Proof } from './proof';

/** Every rule on the models: what can be told before anything is emitted. */
export const modelRules: Proof = {
  name: 'rules',
  summary: 'the model keeps every rule',
  prove: ({ systems }) => systems.flatMap(check),
  extent: ({ systems }) => {
    const services = systems.reduce((sum, { services: list }) => sum + list.length, 0);
    return `${RULES.length} rules on ${services} service${services === 1 ? '' : 's'}`;
  },
};
