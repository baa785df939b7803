// @ts-check
// Brings the reference application up on an engine or on a cluster, and asks whether it serves.
//   node test/smoke/run.mjs compose | kubernetes
// By default on the testbed's own (Linux, root), which is left running, with the application on the
// cluster. With DOCKER_HOST or KUBECONFIG
// set, on yours: Compose needs nothing more; a cluster needs the two images of the application, and
// TARS_SMOKE_ADDRESS, the address of its ingress controller.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binaryPath } from '../testbed/binaries.mjs';
import { engineInside, engineUp } from '../testbed/engine/engine.mjs';
import { provideStandIns } from '../testbed/images/images.mjs';
import { buildReference } from '../testbed/images/reference.mjs';
import { importImages, nodeAddress, nodeUp } from '../testbed/node/node.mjs';
import { makeProject } from './project.mjs';

const startedAt = Date.now();

/** @param {string} line */
function report(line) {
  console.log(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`);
}

/**
 * @param {readonly string[]} command
 * @param {{ env?: Readonly<Record<string, string>>, cwd?: string }} [options]
 */
function perform([program = '', ...args], { env = {}, cwd } = {}) {
  const { status, error } = spawnSync(program, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' });
  if (status !== 0) {
    throw new Error(`${program} ${args.join(' ')} has failed`, { cause: error });
  }
}

/**
 * @param {Readonly<Record<string, string>>} env
 * @param {(command: string[]) => string[]} [enter] makes it a command in another network
 */
function smoke(env, enter = (command) => command) {
  const file = fileURLToPath(new URL('smoke.test.mjs', import.meta.url));
  perform(enter([process.execPath, '--test', '--test-reporter=spec', file]), { env });
}

/** @param {string} project */
async function onCompose(project) {
  const own = process.env.DOCKER_HOST === undefined;
  const engine = own ? await engineUp() : undefined;
  report(`engine ${engine?.DOCKER_HOST ?? process.env.DOCKER_HOST}`);
  const docker = [
    engine ? binaryPath('docker') : 'docker',
    'compose',
    '-f',
    join(project, 'compose/docker-compose.yml'),
  ];
  if (engine) {
    await provideStandIns(engine, report);
    await buildReference(engine, project, report);
  } else {
    perform([...docker, 'build']);
  }
  const env = { ...engine };
  perform([...docker, 'down', '--volumes', '--remove-orphans'], { env });
  report('compose up');
  perform([...docker, 'up', '--detach', '--wait', '--wait-timeout', '300'], { env });
  report('all healthy');
  try {
    smoke(
      {
        TARS_SMOKE_PAGE: 'http://tars.local:8088',
        TARS_SMOKE_API: 'http://api.tars.local:8088',
        TARS_SMOKE_ADDRESS: '127.0.0.1',
      },
      engine && engineInside,
    );
  } finally {
    perform([...docker, 'down', '--volumes'], { env }); // its files go away with the project
  }
}

/** @param {string} project */
async function onKubernetes(project) {
  const own = process.env.KUBECONFIG === undefined;
  const kubectl = [own ? binaryPath('kubectl') : 'kubectl'];
  const env = own ? { ...(await nodeUp()) } : {};
  if (own) {
    const engine = await engineUp();
    const standIns = await provideStandIns(engine, report);
    const reference = await buildReference(engine, project, report);
    await importImages({ ...standIns, ...reference });
    report('images are on the node');
  }
  perform([...kubectl, 'delete', 'namespace', 'tars', '--ignore-not-found', '--timeout=180s'], { env });
  report('kubectl apply');
  perform([...kubectl, 'apply', '-f', join(project, 'dist')], { env });
  for (const kind of ['statefulset', 'deployment']) {
    perform([...kubectl, 'rollout', 'status', kind, '--namespace=tars', '--timeout=300s'], { env });
  }
  report('all rolled out');
  smoke({
    TARS_SMOKE_PAGE: 'https://tars.local',
    TARS_SMOKE_API: 'https://api.tars.local',
    TARS_SMOKE_INSECURE: '1',
    ...(own && { TARS_SMOKE_ADDRESS: nodeAddress }),
  });
}

/** @type {Record<string, (project: string) => Promise<void>>} */
const targets = { compose: onCompose, kubernetes: onKubernetes };
const target = targets[process.argv[2] ?? ''];
if (target) {
  const project = makeProject();
  report('synthesized');
  try {
    await target(project.directory);
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  } finally {
    project.remove();
  }
} else {
  console.error('usage: node test/smoke/run.mjs compose | kubernetes');
  process.exitCode = 2;
}
