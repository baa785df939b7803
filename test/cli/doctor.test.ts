import { tarsApp } from './apps';
import type { World } from './fake-io';
import { useProject } from './fake-io';

const project = useProject();
const KUBECTL = {
  'kubectl config current-context': { stdout: 'prod\n' },
  'kubectl get namespace tars': { stdout: 'namespace/tars\n' },
  'kubectl get nodes,': { stdout: '{"items":[]}' },
  'kubectl get --raw': { stdout: '{}' },
  'kubectl get secrets': { stdout: '' },
};
const forbidden = { status: 1, stderr: 'Error from server (Forbidden): secrets is forbidden' };

describe('tars doctor', () => {
  test('says that the system runs nowhere', async () => {
    const { exitCode, stderr } = await project().tars(tarsApp(), ['doctor']);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('error TARS7300 tars doctor: the system runs nowhere that could be asked');
    expect(stderr).toContain('given:   kubernetes: no answer; compose: no answer');
  });

  test.each(['--engine', '--context', '--kubeconfig'])('%s without a name', async (option) => {
    const { exitCode, stderr } = await project().tars(tarsApp(), ['doctor', option, '']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("argument '' is invalid. It is empty");
  });

  test('looks where it runs, and says where', async () => {
    const programs = { ...KUBECTL, 'kubectl get namespace tars': { stdout: '' } };
    const { exitCode, stdout, ran } = await project().tars(tarsApp(), ['doctor', '--target', 'kubernetes'], {
      programs,
    });
    expect(exitCode).toBe(1);
    expect(stdout).toBe(
      'one fault: kubernetes, context "prod", namespace tars\n\n' +
        'error TARS7318 Namespace/tars: it does not exist, and nothing of the system with it\n' +
        '    seen:           namespaces "tars" not found\n' +
        '    cause:          nothing was applied to this cluster, or somebody has deleted it\n' +
        '    mend:           tars synth\n' +
        '                    kubectl apply -f dist\n',
    );
    expect(ran.filter((line) => !/^kubectl (get|config)/.test(line))).toEqual([]);
  });

  test('Ctrl-C is 130, at whatever question, and ends what was asked', async () => {
    const programs: World['programs'] = { ...KUBECTL, 'kubectl get pods,': { stdout: '{"items":[]}' } };
    for (const asked of ['get namespace tars', 'get pods,', 'get secrets', 'get --raw']) {
      let press = (): void => undefined;
      const ended: string[] = [];
      const { exitCode, stdout, stderr } = await project().tars(tarsApp(), ['doctor', '--target', 'kubernetes'], {
        programs,
        onReady: (given) => (press = given),
        onStart: (line, result, signal) => {
          if (!line.startsWith(`kubectl ${asked}`)) return undefined;
          signal.addEventListener('abort', () => ended.push(line));
          press();
          return Promise.resolve({ ...result, status: undefined, signal: 'SIGINT' });
        },
      });
      expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 130, stdout: '', stderr: 'aborted\n' });
      expect(ended).toHaveLength(1);
    }
  });

  test('what may not be read is said, and nothing is made of it', async () => {
    const programs: World['programs'] = {
      ...KUBECTL,
      'kubectl get secrets': forbidden,
      'kubectl get pods,': { stdout: '{"items":[]}' },
    };
    const { stdout } = await project().tars(tarsApp(), ['doctor', '-o', 'json'], { programs });
    const data = JSON.parse(stdout) as { targets: { findings: { code: string }[]; notes: string[] }[] };
    expect(data.targets).toHaveLength(1);
    expect(data.targets[0]?.notes).toEqual(['not looked at: Secret, which you may not read']);
    expect(new Set(data.targets[0]?.findings.map(({ code }) => code))).toEqual(new Set(['TARS7318']));
  });

  test('whoever may read the workloads of a namespace, and not namespaces, is told what is not looked at', async () => {
    const no = { status: 1, stderr: 'Error from server (Forbidden): it is forbidden' };
    const programs: World['programs'] = {
      'kubectl config current-context': { stdout: 'prod\n' },
      'kubectl get namespace tars': no,
      'kubectl get --raw': { stdout: '{}' },
      'kubectl get deployments.apps,statefulsets.apps': { stdout: 'deployment.apps/tars-backend\n' },
      'kubectl get nodes': no,
      'kubectl get storageclasses': no,
      'kubectl get ingressclasses': no,
      'kubectl get secrets': no,
      'kubectl get pods,': { stdout: '{"items":[]}' },
    };
    const { exitCode, stdout } = await project().tars(tarsApp(), ['doctor'], { programs });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('not looked at: Node, StorageClass, IngressClass, Secret, which you may not read\n');
  });

  describe('where the manifests have a Gateway', () => {
    const kinds = ['gateways', 'httproutes'].map((name) => `kubectl get ${name}.gateway.networking.k8s.io`);
    const notesOf = async (answer: object): Promise<unknown> => {
      const programs: World['programs'] = {
        ...KUBECTL,
        ...Object.fromEntries(kinds.map((kind) => [kind, answer])),
        'kubectl get pods,': { stdout: '{"items":[]}' },
      };
      const { stdout, ran } = await project().tars(tarsApp({ exposure: 'gateway' }), ['doctor', '-o', 'json'], {
        programs,
      });
      for (const kind of kinds) expect(ran.filter((line) => line.startsWith(kind))).toHaveLength(1);
      return (JSON.parse(stdout) as { targets: { notes: string[] }[] }).targets[0]?.notes;
    };

    test('a cluster without such kinds is none of its faults', async () => {
      const stderr = 'error: the server doesn\'t have a resource type "gateways"';
      expect(await notesOf({ status: 1, stderr })).toEqual([]);
    });

    test('what may not be read is said', async () => {
      expect(await notesOf(forbidden)).toEqual(['not looked at: Gateway, HTTPRoute, which you may not read']);
    });
  });

  test('whoever may read nothing there is no witness of what runs', async () => {
    const programs = { ...KUBECTL, 'kubectl get namespace tars': forbidden };
    const { exitCode, stderr } = await project().tars(tarsApp(), ['doctor'], { programs });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('kubernetes: no answer');
  });

  test('values of secrets are never asked for', async () => {
    const programs = { ...KUBECTL, 'kubectl get pods,': { stdout: '{"items":[]}' } };
    const { ran } = await project().tars(tarsApp(), ['doctor'], { programs });
    const asked = ran.filter((line) => /secret/.test(line));
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain('-o go-template=');
    expect(asked[0]).not.toContain('{{$value}}');
  });

  test('of an engine without a container of the project nothing but that is said', async () => {
    const programs: World['programs'] = {
      'docker compose': { stdout: 'postgres\ncache\n' },
      'docker ps': { stdout: '' },
      'docker events': { stdout: '' },
      'docker image inspect': { status: 1 },
    };
    const { exitCode, stdout } = await project().tars(tarsApp(), ['doctor', '--target', 'compose'], { programs });
    expect(exitCode).toBe(1);
    expect(stdout.split('\n').filter((line) => line.startsWith('error'))).toEqual([
      'error TARS7318 project/tars: nothing of it is on this engine',
    ]);
  });

  test('a cluster that gives no answer is no healthy one', async () => {
    const programs = {
      ...KUBECTL,
      'kubectl get namespace tars': { status: 1, stderr: 'dial tcp: connection refused' },
    };
    const { exitCode, stderr } = await project().tars(tarsApp(), ['doctor', '--target', 'kubernetes'], { programs });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error TARS7300 kubernetes: what runs there cannot be looked at');
  });
});
