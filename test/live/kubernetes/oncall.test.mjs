// @ts-check
// Whoever is on call, with the rights of the Role `tars-oncall` and no other, on the running stack: every command
// succeeds, the doctor as well.
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { binaryPath } from '../../testbed/binaries.mjs';
import { until } from '../../testbed/wait.mjs';
import { settings } from '../settings.mjs';
import { drained } from './changes.mjs';
import { get, kubectl, namespace, podsOf, rolledOut, tryKubectl } from './cluster.mjs';
import { images } from './ops-objects.mjs';
import { apply, kubeconfigWith } from './ops-place.mjs';
import { stackRestored, stackUp, stackWith } from './stack.mjs';
import { startTars } from './tars.mjs';

const account = 'oncall';
/** @type {Record<string, string>} */
let env;

before(async () => {
  await stackWith('{ oncallRole: true }');
  await drained();
  const metadata = { name: account, namespace };
  await apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'tars-oncall' },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
  );
  const token = (await kubectl(['create', 'token', account, '-n', namespace])).trim();
  const kubeconfig = await kubeconfigWith((config) => {
    for (const key of Object.keys(config.user)) delete config.user[key];
    config.user.token = token;
  });
  const tools = settings.own ? `${dirname(binaryPath('kubectl'))}:` : '';
  env = { KUBECONFIG: kubeconfig, PATH: `${tools}${process.env.PATH}` };
});
after(async () => {
  for (const kind of ['rolebinding', 'serviceaccount']) {
    await kubectl(['delete', kind, account, '-n', namespace, '--ignore-not-found']);
  }
  await stackRestored();
  await kubectl(['delete', 'role', 'tars-oncall', '-n', namespace, '--ignore-not-found']);
  await drained();
});

/**
 * Runs `tars …` as whoever is on call.
 *
 * @param {string} line its words
 * @param {object} [options]
 * @param {RegExp} [options.until] once it has said so, Ctrl-C
 * @param {(text: string) => Promise<unknown>} [options.meanwhile] before that
 */
function oncall(line, { until: said, meanwhile = async () => {} } = {}) {
  let isSaid = false;
  const words = line.split(' ');
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  const place = words[0] === 'doctor' ? [] : ['-n', namespace];
  /** @type {Promise<unknown> | undefined} */
  let during;
  const running = startTars([...words.slice(0, end), ...place, ...words.slice(end)], {
    ...{ cwd: settings.project, env },
    onText(text) {
      if (isSaid || said?.test(text) !== true) return;
      isSaid = true;
      during = meanwhile(text).finally(() => running.interrupt());
    },
  });
  return running.ended.then(async (outcome) => {
    await during;
    return outcome;
  });
}

/**
 * @param {string} line
 * @param {RegExp} said
 * @param {number} [exitCode]
 */
async function succeeds(line, said, exitCode = 0) {
  const { code, text } = await oncall(line, exitCode === 130 ? { until: said } : {});
  // As the server refuses for want of a right; a quota's "forbidden" may stand in an Event.
  assert.doesNotMatch(text, /TARS7002|cannot \w+ resource/);
  assert.equal(code, exitCode, text);
  assert.match(text, said);
  return text;
}

describe('whoever has the Role `tars-oncall` alone', () => {
  test('has no other right', async () => {
    const who = `system:serviceaccount:${namespace}:${account}`;
    const can = async (/** @type {string[]} */ ...words) =>
      (await tryKubectl(['auth', 'can-i', ...words, '-n', namespace, '--as', who])).stdout.trim();
    await until('the binding counts', async () => (await can('create', 'pods', '--subresource=exec')) === 'yes');
    for (const words of [
      ['get', 'secrets'],
      ['list', 'jobs'],
      ['create', 'pods'],
      ['list', 'nodes'],
      ['get', 'namespace'],
    ]) {
      assert.equal(await can(...words), 'no', words.join(' '));
    }
  });

  /** @type {readonly (readonly [string, RegExp, number?])[]} */
  const commands = [
    ['status', /tars-backend/],
    ['pods', /tars-postgres-0.*Running/],
    ['pods --watch', /tars-postgres-0/, 130],
    ['events', /Started|Scheduled|Created/],
    ['events --watch', /tars-/, 130],
    ['logs backend --tail 5', /\S/],
    ['logs postgres -f --tail 5000', /database system/, 130],
    ['exec backend --yes -- python -c print(6*7)', /^42$/m],
    ['exec postgres --yes -- pg_isready', /accepting connections/],
    ['rollout status backend', /rolled out/],
    ['rollout history backend', /tars-backend:/],
    ['restart adminer --yes', /rolled out/],
    ['rollout undo adminer --yes', /rolled tars-adminer back/],
    ['restart sts/tars-redis --yes', /rolled out/],
    ['scale frontend 3 --yes --wait', /to 3/],
    ['scale backend --pin 3 --yes', /pinned/],
    ['scale backend --unpin --yes', /unpinned/],
  ];
  for (const [line, said, exitCode] of commands) {
    test(`tars ${line}`, async () => {
      await succeeds(line, said, exitCode);
    });
  }

  test('what was scaled is there, and goes back', async () => {
    const { items } = JSON.parse(await kubectl(['get', 'deployments', '-n', namespace, '-o', 'json']));
    const frontend = items.find((/** @type {any} */ { metadata }) => metadata.name === 'tars-frontend');
    assert.equal(frontend.status.availableReplicas, 3);
    await stackUp();
    await rolledOut();
    await drained();
  });

  test('tars restart pod/…, by eviction and by deletion', async () => {
    for (const more of ['', ' --delete']) {
      const [{ metadata }] = await podsOf('frontend');
      await succeeds(`restart pod/${metadata.name} --yes${more}`, /done/);
      await until(
        'the pod is gone',
        async () => (await podsOf('frontend')).every((pod) => pod.metadata.uid !== metadata.uid),
        { intervalMs: 300 },
      );
      await rolledOut(['deployment/tars-frontend']);
    }
    await drained();
  });

  test('tars debug: a container with other tools reaches the database', async () => {
    const [{ metadata }] = await podsOf('backend');
    const line = `debug ${metadata.name} --yes --image ${images.postgres} -- pg_isready --host=tars-postgres --username=nobody`;
    await succeeds(line, /accepting connections/);
    // It cannot be taken out of the pod.
    await succeeds(`restart pod/${metadata.name} --yes`, /done/);
    await rolledOut(['deployment/tars-backend']);
    await drained();
  });

  for (const target of ['backend', 'svc/tars-backend']) {
    test(`tars forward ${target}`, async () => {
      let answer = '';
      const { code, text } = await oncall(`forward ${target} 0:8000`, {
        until: /leads to port/,
        async meanwhile(said) {
          const [, port] = /127\.0\.0\.1:(\d+)/.exec(said) ?? [];
          answer = await (await fetch(`http://127.0.0.1:${port}/health`)).text();
        },
      });
      assert.equal(code, 130, text);
      assert.match(answer, /status/);
    });
  }

  test('tars top', async () => {
    const measured = await until(
      'there are metrics',
      async () => {
        const { code, text } = await oncall('top');
        return code === 0 && text;
      },
      { timeoutMs: 300_000, intervalMs: 1000 },
    );
    assert.match(measured, /tars-backend-\S+ .*\d+/);
  });

  test('tars doctor finds nothing wrong, and says what it may not see', async () => {
    for (const line of ['doctor', 'doctor --target kubernetes']) {
      const { code, text } = await oncall(line);
      assert.equal(code, 0, text);
      const tried = /nothing is wrong: kubernetes, .* \((\d+) of (\d+) connections tried from inside\)/.exec(text);
      assert.ok(Number(tried?.[1]) > 0, text);
      assert.match(text, /^not looked at: .*Job.*Secret, which you may not read$/m);
      assert.doesNotMatch(text, /not looked at: .*(Pod|Deployment|Event),/);
    }
  });

  test('tars doctor names a fault', async () => {
    const { spec } = await get('deployment', 'tars-adminer');
    const path = '/spec/template/spec/containers/0/image';
    const image = (/** @type {string} */ value) =>
      kubectl([
        ...['patch', 'deployment', 'tars-adminer', '-n', namespace, '--type=json'],
        ...['-p', JSON.stringify([{ op: 'replace', path, value }])],
      ]);
    await image('adminer:0.0.0');
    try {
      const said = await until(
        'the fault is named',
        async () => {
          const { code, text } = await oncall('doctor --target kubernetes');
          return code === 1 && text;
        },
        { timeoutMs: 300_000, intervalMs: 500 },
      );
      assert.match(said, /^one fault/);
      assert.match(said, /error TARS7302 Deployment\/tars-adminer/);
    } finally {
      await image(spec.template.spec.containers[0].image);
      await rolledOut(['deployment/tars-adminer']);
    }
  });
});
