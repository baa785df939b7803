import { App, Chart } from 'cdk8s';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { parse } from 'yaml';
import { Service } from '../../lib/constructs/service';
import { EnvValue } from '../../lib/model/value';
import { emitManifest } from '../../lib/synth/emit';
import { isPlainTextForGo } from '../support/compose-reader';

interface Manifest {
  readonly kind: string;
  readonly data?: Record<string, string>;
  readonly spec?: { readonly template?: { readonly spec: { readonly containers: readonly Container[] } } };
}

interface Container {
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/**
 * What a kubelet makes of a text: `$(NAME)` is the variable where there is one, `$$` is a dollar.
 * @see https://github.com/kubernetes/kubernetes/blob/master/third_party/forked/golang/expansion/expand.go
 */
function expand(text: string, variables: Readonly<Record<string, string>>): string {
  let result = '';
  for (let i = 0; i < text.length; i++) {
    const next = text[i + 1];
    const end = next === '(' ? text.indexOf(')', i) : -1;
    if (text[i] !== '$' || next === undefined) result += text.charAt(i);
    else if (next === '$') {
      result += '$';
      i++;
    } else if (end > 0) {
      const name = text.slice(i + 2, end);
      result += variables[name] ?? `$(${name})`;
      i = end;
    } else result += '$';
  }
  return result;
}

const odd = fc.constantFrom(
  '$',
  '$$',
  '$(A)',
  '$(',
  '\n',
  '"',
  "'",
  '\\',
  ': ',
  ' #',
  'yes',
  '0o7',
  '-_4',
  '1e3',
  '22:22',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\t',
  '\r',
  ' ',
);
const text = fc
  .array(fc.oneof(odd, fc.string({ unit: 'grapheme', maxLength: 6 }), fc.string({ unit: 'binary', maxLength: 4 })), {
    maxLength: 5,
  })
  .map((parts) => parts.join(''))
  .filter((value) => !value.includes('\0') && !/[\uD800-\uDFFF]/u.test(value));

describe('any text', () => {
  it('arrives unchanged as a variable, in a ConfigMap and as an argument', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (values) => {
        const variables = Object.fromEntries(values.map((value, i) => [String.fromCharCode(65 + i), value]));
        const env = Object.fromEntries(
          Object.entries(variables).map(([name, value]) => [name, EnvValue.fromValue(value)]),
        );
        const chart = new Chart(new App(), 'c');
        new Service(chart, 'inline', { image: 'x:1', env, command: values });
        new Service(chart, 'mapped', { image: 'x:1', env, configMapName: 'settings' });
        for (const object of chart.toJson() as Manifest[]) {
          const yaml = emitManifest(object);
          for (const read of [parse(yaml, { version: '1.1' }), parse(yaml), load(yaml)] as Manifest[]) {
            expect(read).toEqual(object);
            expect(read.kind === 'ConfigMap' ? read.data : variables).toEqual(variables);
            const container = read.spec?.template?.spec.containers[0];
            if (container?.args === undefined) continue;
            expect(container.args.map((arg) => expand(arg, variables))).toEqual(values);
            const got = container.env?.map(({ name, value = '' }) => [name, expand(value, variables)]) ?? [];
            expect(Object.fromEntries(got)).toEqual(variables);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is never left plain where a reader written in Go takes it for something else', () => {
    fc.assert(
      fc.property(text, (value) => {
        const line = emitManifest({ value }).slice('value: '.length, -1);
        expect(line !== value || isPlainTextForGo(value) || /^\d{4}-\d/.test(value)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
