import type { Issue } from '../model/issues';
import { show } from '../model/issues';
import { kubernetesName } from '../model/define-service';
import { firstOfEach } from '../model/lookup';
import type { Rule } from './rule';

/** Two services with one name, on either target; two services that use one ConfigMap or claim name. */
export const namesAreUnique: Rule = {
  name: 'names are unique',
  check: (model) => {
    const issues: Issue[] = [];
    const once = (
      kind: string,
      code: 'TARS2004' | 'TARS1004' | 'TARS2005',
      items: readonly { key: string; path: string; remedy: string }[],
    ): void => {
      const first = new Map<string, string>();
      for (const { key, path, remedy } of items) {
        const other = first.get(key);
        if (other === undefined) {
          first.set(key, path);
          continue;
        }
        issues.push({
          code,
          severity: 'error',
          path,
          message: `${kind} is taken by ${other}`,
          given: show(key.split(' ').at(-1)),
          allowed: 'a name of its own',
          remedy,
        });
      }
    };
    const externals = model.externals.map((e) => ({
      key: `${e.chart} ${e.name}`,
      path: e.path,
      remedy: 'choose another construct id',
    }));
    once('the name', 'TARS1004', [
      ...model.services.map((s) => ({
        key: `${s.chart} ${s.name}`,
        path: s.path,
        remedy: 'choose another id or name',
      })),
      ...externals,
    ]);
    // Of two in one chart, the second was judged above.
    const services = [...firstOfEach(model.services, (s) => `${s.chart} ${s.name}`).values()];
    once(
      'the Kubernetes name',
      'TARS1004',
      services.map((s) => ({
        key: `${s.namespace ?? ''} ${kubernetesName(s)}`,
        path: s.path,
        remedy: 'choose another name, or another chart id',
      })),
    );
    once(
      'the name on Compose',
      'TARS1004',
      services.map((s) => ({ key: s.composeName, path: s.path, remedy: 'set composeName' })),
    );
    once(
      'the ConfigMap',
      'TARS2005',
      model.services.flatMap((s) =>
        s.configMapName === undefined
          ? []
          : [{ key: `${s.namespace ?? ''} ${s.configMapName}`, path: s.path, remedy: 'choose another configMapName' }],
      ),
    );
    once(
      'the claim',
      'TARS2005',
      model.services.flatMap((s) =>
        s.volumes.flatMap((v) =>
          v.kind === 'claim' && v.per === 'service'
            ? [
                {
                  key: `${s.namespace ?? ''} ${v.claimName}`,
                  path: s.path,
                  remedy: 'choose another claimName, or per: "existing"',
                },
              ]
            : [],
        ),
      ),
    );
    return issues;
  },
};
