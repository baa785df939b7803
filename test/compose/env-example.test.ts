import { parseEnvFile } from '../../lib/model/env-file';
import { renderCompose } from '../../lib/compose/render-compose';
import { composeYaml } from '../../lib/compose/yaml';
import { EnvValue } from '../../lib/model/value';
import { aSystem } from '../support/builders';
import { interpolate } from '../support/compose-reader';
import { tarsModel } from '../support/tars-model';

describe('.env.example', () => {
  test('of the TARS stack', () => {
    const [settings, cpus] = renderCompose(tarsModel()).env.split('# CPUs');
    expect(cpus).toContain('\n# TARS_CPUS_BACKEND_MIGRATE=0\n');
    expect(settings).toMatchInlineSnapshot(`
      "# Settings of the Compose project "tars".
      # Copy this file to compose/.env, which is never committed, and fill in what is empty;
      # or let "npx tars secrets init" write it with strong values.
      # A variable of the same name in the shell that calls Compose counts more than this file.

      # Optional services, all on. Take out what you do not need:
      #   admin: adminer
      #   monitoring: grafana, prometheus
      COMPOSE_PROFILES=admin,monitoring

      # Read by tars/grafana. Needs a value.
      GRAFANA_ADMIN_PASSWORD=

      # Read by tars/backend. Needs a value.
      JWT_SECRET_KEY=

      # Read by tars/backend. May stay empty.
      OPENAI_API_KEY=

      # Read by tars/backend, tars/postgres. Needs a value.
      POSTGRES_PASSWORD=

      # Read by tars/backend, tars/redis. Needs a value.
      REDIS_PASSWORD=

      # Ports on this machine; they are changed in main.ts ("publish"), not here:
      #   127.0.0.1:3000  frontend
      #   127.0.0.1:3001  grafana
      #   127.0.0.1:5432  postgres
      #   127.0.0.1:6379  cache
      #   127.0.0.1:8000  backend
      #   127.0.0.1:8001  backend
      #   127.0.0.1:8080  adminer
      #   127.0.0.1:8088  http for api.tars.local, tars.local
      #   127.0.0.1:9090  prometheus
      #   127.0.0.1:11434  ollama
      # The hosts need a line in /etc/hosts: 127.0.0.1 api.tars.local tars.local

      "
    `);
  });

  test('has every variable that the file needs: filled in, nothing is refused', () => {
    const { file, env } = renderCompose(tarsModel());
    const values = Object.fromEntries(
      [...parseEnvFile(env)].map(([name, value]) => [name, value === '' ? 'x' : value]),
    );
    expect(() => interpolate(composeYaml(file), values)).not.toThrow();
  });

  test('as it is, it is refused: a secret that needs a value has none', () => {
    const { file, env } = renderCompose(tarsModel());
    expect(() => interpolate(composeYaml(file), Object.fromEntries(parseEnvFile(env)))).toThrow(
      /required variable [A-Z_]+ is missing a value: copy compose\/\.env\.example to compose\/\.env and set [A-Z_]+ there/,
    );
  });

  test("says where the values of somebody else's Secret come from, and what may stand in a URL", () => {
    const url = EnvValue.concat(EnvValue.fromValue('x://'), EnvValue.fromSecret('PASSWORD'));
    const env = { A: EnvValue.fromSecret('password', { secretName: 'db' }), B: url };
    expect(renderCompose(aSystem({ services: [{ env }] })).env).toContain(
      [
        '# Read by tars/web, key password of the Secret db. Needs a value.',
        'DB_PASSWORD=',
        '',
        '# Read by tars/web. Needs a value.',
        '# It stands in a URL: letters, digits, "-", ".", "_" and "~" only.',
        'PASSWORD=',
      ].join('\n'),
    );
  });
});
