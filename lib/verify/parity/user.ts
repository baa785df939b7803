import type { Json } from '../emitted';
import { listOf, objectOf, scalarText, textOf } from '../read';
import type { Axis, Fact, Facts } from './difference';
import { fact } from './difference';
import { containerPath, podPath, servicePath } from './pairs';

/** Whom the process runs as, and what it may do. */
export const user: Axis = {
  name: 'user',
  kubernetes: (pair) => {
    const pod = objectOf(pair.template.spec['securityContext']);
    const own = objectOf(pair.container.container['securityContext']);
    const at = (key: string) => (): string =>
      own[key] === undefined ? podPath(pair, 'securityContext', key) : containerPath(pair, 'securityContext', key);
    const value = (key: string): Json | undefined => own[key] ?? pod[key];
    const dropped = listOf(objectOf(own['capabilities'])['drop']);
    const added = listOf(objectOf(own['capabilities'])['add']);
    return factsOf({
      user: [`${scalarText(value('runAsUser'))}:${scalarText(value('runAsGroup'))}`, at('runAsUser')],
      'root file system': [mode(own['readOnlyRootFilesystem'] === true), at('readOnlyRootFilesystem')],
      'capabilities dropped': [list(dropped), () => containerPath(pair, 'securityContext', 'capabilities')],
      'capabilities added': [list(added), () => containerPath(pair, 'securityContext', 'capabilities')],
      'new privileges': [allowed(own['allowPrivilegeEscalation'] !== false), at('allowPrivilegeEscalation')],
      privileged: [String(own['privileged'] === true), at('privileged')],
    });
  },
  compose: (pair) => {
    const { service } = pair;
    const said = scalarText(service['user']);
    const options = listOf(service['security_opt']).map((option) => textOf(option) ?? '');
    const closed = options.some((option) => /^no-new-privileges([:=]true)?$/.test(option));
    return factsOf({
      user: [said.includes(':') ? said : `${said}:`, () => servicePath(pair, 'user')],
      'root file system': [mode(service['read_only'] === true), () => servicePath(pair, 'read_only')],
      'capabilities dropped': [list(listOf(service['cap_drop'])), () => servicePath(pair, 'cap_drop')],
      'capabilities added': [list(listOf(service['cap_add'])), () => servicePath(pair, 'cap_add')],
      'new privileges': [allowed(!closed), () => servicePath(pair, 'security_opt')],
      privileged: [String(service['privileged'] === true), () => servicePath(pair, 'privileged')],
    });
  },
};

function factsOf(values: Readonly<Record<string, readonly [value: string, path: () => string]>>): Facts {
  return new Map(Object.entries(values).map(([key, [value, path]]): [string, Fact] => [key, fact(value, path)]));
}

function mode(readOnly: boolean): string {
  return readOnly ? 'read-only' : 'writable';
}

function allowed(value: boolean): string {
  return value ? 'allowed' : 'none';
}

function list(values: readonly Json[]): string {
  return values
    .map((value) => scalarText(value).replace(/^CAP_/, ''))
    .sort()
    .join(', ');
}
