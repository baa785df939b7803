// What to do about each issue, for docs/errors.md and its page in docs/rules/. Every code of ISSUE_CODES has a row here, or
// `npm run docs` says which one is missing.

/** @type {Readonly<Record<string, string>>} */
export const REMEDIES = {
  TARS1001: 'Correct the name: the message suggests the closest one. TypeScript says the same before the run.',
  TARS1002:
    'Give a value of the type that is said under "allowed". A variable takes `EnvValue.fromValue(…)`, ' +
    '`EnvValue.fromSecret(…)` or what an endpoint offers, never a bare string.',
  TARS1003:
    'Use lower-case letters, digits and "-". The name on Kubernetes is `<chart id>-<name>` and holds 52 ' +
    'characters, since a StatefulSet adds to it; a port name holds 15.',
  TARS1004:
    'Rename one of them, by the construct id, `name` or `composeName`. Two charts of one app share one compose file.',
  TARS1005: 'Give each port a name and a number of its own. TCP and UDP may share a number.',
  TARS1006: 'Choose a number in the range that is said under "allowed".',
  TARS1007:
    'Name variables with letters, digits and "_". A value is Unicode text without NUL: encode binary data, as base64 ' +
    'for instance.',
  TARS1008: 'Name the exact version, or a digest. `latest` and no tag at all mean another image tomorrow.',
  TARS1009: 'Write the host alone: no scheme, no port, no path, lower case.',
  TARS1010: 'CPU is "2", "0.5" or "500m". Memory and storage are "512Mi" or "10Gi": powers of two, with the unit.',
  TARS1011: 'Lower the request or raise the limit.',
  TARS1012: 'Lower `minReplicas` or raise `maxReplicas`.',
  TARS1013:
    'Keep one of them: `replicas` for a fixed number, `autoscaling` (or `autoscalingPolicy.minReplicas`) where the ' +
    'load decides. With both, each `kubectl apply` would undo what the autoscaler did.',
  TARS1014: 'Start the path with "/". Each path is mounted once.',
  TARS1015: 'Write five fields: minute, hour, day of month, month, day of week. `@hourly` and the like work as well.',
  TARS1016: 'Keep exactly one of the properties that the message names.',
  TARS1017: 'Name the minor version of your API server, "1.25" to "1.37". `kubectl version` says it.',
  TARS1018:
    'Leave the property out, or say the version of your server in `kubernetesVersion`. The table is in ' +
    '[Kubernetes](kubernetes.md#what-each-version-adds).',
  TARS1019: 'Write an address and a prefix length. One IPv4 address is "/32".',
  TARS1020: 'Install an adapter that serves it and name it in `metricsAdapter`, or leave the metric out.',
  TARS2001:
    'Declare the service and the port that the link names, or correct the name. What is not ours is an ' +
    '`ExternalService`.',
  TARS2002: 'Let one of the links not wait: `endpoint.waitFor("none")`.',
  TARS2003: 'Give the other service a `health.readiness`, or wait for its start only: `endpoint.waitFor("started")`.',
  TARS2004: 'Change `publish` of one of them.',
  TARS2005: 'Rename one of the two objects.',
  TARS2006: 'Raise the quota, or lower replicas, `maxReplicas` or resources. The message has the arithmetic.',
  TARS2007: 'Raise `maxConnections` of the database, or lower `maxReplicas`, workers or the pool size.',
  TARS2008: 'Take the literal out of the model, and refer to the secret by its key: `EnvValue.fromSecret("KEY")`.',
  TARS2009: 'Remove one of the two routes.',
  TARS2010:
    'Give both services the same profiles, or do not wait. Otherwise Compose refuses a file in which a service ' +
    'depends on one that is switched off.',
  TARS2011: 'This comes from the validation of a construct that is not ours. See its documentation.',
  TARS2012: 'Say the same in both places, or leave one of them out.',
  TARS3001:
    'Set `storageAccessMode` (or the volume\'s `accessMode`) to "ReadWriteMany" with a StorageClass that has it. With ' +
    '"ReadWriteOnce" all replicas run on one node, and draining it is an outage.',
  TARS3002: 'Make the Secret, or choose `tls: { issuer }` or `tls: { selfSigned: true }`.',
  TARS3003: 'Nothing, if that is close enough. From Kubernetes 1.35 on the thresholds are exact.',
  TARS3004: 'Set `images.registry` and push, or load the images into every node: see [Images](images.md).',
  TARS3005: 'Nothing, if that is what you expect. It says what one target does not do.',
  TARS3006:
    'Choose what the autoscaler can do exactly: cooldowns of 0, no window, `kubernetesVersion` 1.35 or later. Choose a balancing that is exact, or none. Or run without `--strict`.',
  TARS3007:
    'Nothing, if that is close enough. Else route it through an exposure whose controller follows it: see ' +
    '[Load balancing](load-balancing.md).',
  TARS4001: 'Use letters, digits, "-", ".", "_" and "~", or give the process URL and password in two variables.',
  TARS4002: 'Run `tars secrets init`, which makes a value, or `tars secrets set` with your own.',
  TARS4003:
    "Mend the line that the message names: `NAME='value'`, one a line. A pipe or a device is not read, since it may have no end: put a file there.",
  TARS4004: 'Encode the value, as base64 for instance, and decode it in the process.',
  TARS4005:
    'Add the file to .gitignore, and take it out of the index: `git rm --cached`. If it was committed, change the values.',
  TARS4006: 'Take the rights of others away: `chmod 600`.',
  TARS4007: 'Remove the certificate that the message names and run `tars secrets init`, which makes another.',
  TARS5001: 'Make the folder writable, or free space on the disk. Nothing was changed.',
  TARS5002: 'End main.ts with `export default app;`, and run in its directory or name it with `--app`.',
  TARS5003: 'Mend the line that the message names. `--debug` prints the whole stack.',
  TARS5004: 'See `tars --help`, or `--help` of the command.',
  TARS5005: 'Install the tool that the message names, or read what it printed.',
  TARS5006: 'Move it away, or choose another output folder. It is never overwritten.',
  TARS5007: 'Run it again with `--debug`, and report what it prints.',
  TARS5008: 'Run `npm run synth`, look at the difference, and commit it.',
  TARS6101: 'Use the API version that the message names, or say the version of your server in kubernetesVersion.',
  TARS6102: 'Correct the name of the field, or move it to the place where it belongs.',
  TARS6103: 'Leave it out, or say the version of your server in kubernetesVersion.',
  TARS6104: 'Write a value of the type that is said under "allowed"; quote what has to be a text.',
  TARS6105: 'Add the field.',
  TARS6106: 'Use one of the values that are said under "allowed".',
  TARS6109: 'Shorten or change it; what is no label can be an annotation.',
  TARS6108: 'Choose a name that is said under "allowed".',
  TARS6107: 'Choose a value in the range that is said under "allowed".',
  TARS6110: 'Give template.metadata.labels every label that the selector asks for.',
  TARS6111: 'Leave restartPolicy out for what runs on, and write OnFailure or Never for a Job.',
  TARS6112: 'Let maxSurge or maxUnavailable be more than 0, and give rollingUpdate to RollingUpdate only.',
  TARS6130: 'Write five fields: minute, hour, day of month, month, day of week; the time zone goes into timeZone.',
  TARS6119: 'Correct the field that the path names.',
  TARS6115: 'Correct the field that the path names.',
  TARS6114: 'Remove one of the two, or give it a name of its own.',
  TARS6135: 'Remove one of the two.',
  TARS6136:
    'Say completionMode: Indexed with a number of completions for what counts by index, and leave the selector out.',
  TARS6113:
    'Give it exactly one of exec, httpGet, tcpSocket and grpc; a successThreshold other than 1 only for readiness.',
  TARS6116: 'Give the variable a value or one source, not both, and a name of letters, digits and "_".',
  TARS6117: 'Raise the limit or lower the request; extended resources are whole numbers, request and limit the same.',
  TARS6118: 'Declare the volume, or correct the name in the mount.',
  TARS6126: 'Give the claim a name, an access mode and a size.',
  TARS6120: 'Correct the field that the path names.',
  TARS6121: 'Correct the field that the path names.',
  TARS6122: 'Correct the field that the path names.',
  TARS6123: 'Correct the field that the path names.',
  TARS6124: 'Keep maxUnavailable, and remove minAvailable.',
  TARS6125: 'Split it, rename the key, or add what the type asks for.',
  TARS6127: 'Keep min, defaultRequest, default and max in this order, and quotas not negative.',
  TARS6128: 'Write privileged, baseline or restricted; and as version latest or v1.N.',
  TARS6129: 'Say verbs with resources and API groups in a rule, and kind, name and namespace of a subject.',
  TARS6131: 'Add the object to the manifests or correct its name; waive it if somebody else makes it.',
  TARS6132: 'Give the port this name in the container, or correct the name.',
  TARS6133: 'Let the selector name labels that the pods have.',
  TARS6134: 'Choose a user above 0.',
  TARS6201:
    'Raise the quota, or lower replicas, the maximum of the autoscaler, the surge or the resources. The message has the arithmetic.',
  TARS6202: 'Say what the container needs under `resources`, or give the namespace a LimitRange with defaults.',
  TARS6203:
    'Change the resources, or the bound of the LimitRange that the message names. Sidecars and init containers count.',
  TARS6204: 'Say both the request and the limit of the container: what is not said comes from the LimitRange.',
  TARS6205: 'Raise `max_connections`, or lower the maximum of the autoscaler, the workers or the pool.',
  TARS6206: 'Remove one of the two autoscalers. KEDA makes a HorizontalPodAutoscaler of its own for each ScaledObject.',
  TARS6207: 'Name the workload that the autoscaler is for, or remove the autoscaler.',
  TARS6208: 'Say the request, or let the autoscaler follow an AverageValue.',
  TARS6221:
    'Add nodes or larger ones, lower requests or replicas, or loosen affinity, spreading and access modes. See [Capacity](capacity.md).',
  TARS6301:
    'Give the policy that the path names the rule that the message asks for. If a patch of yours took it out, put it ' +
    'back; if the connection is not wanted, take the link or the exposure out of the model.',
  TARS6302:
    'Take the peer or the port out of the rule, or say in the model who may connect: a link, `allowFrom`, an exposure, ' +
    '`internet`.',
  TARS6303:
    'Give the pods back the labels that their policy selects: a pod that no policy selects is open to everybody.',
  TARS6304: "Make the Service's selector equal to the labels of the component's pods, and its ports to their ports.",
  TARS6305: 'Put the two services on one network: in the compose file a shared network is what lets them connect.',
  TARS6306: 'Give each client and its server a network of their own, and mark it `internal` unless it has to lead out.',
  TARS6307: 'Set `publish` of the port in the model; an override of `ports` says it in one target only.',
  TARS6401:
    'Say the component in the model, which both targets are made of. One that only Compose has and that stands in for ' +
    'something outside is a `composeStandIn`.',
  TARS6402: 'Set the image in the model; take it out of the patch or the override that changes one target.',
  TARS6403: 'Set `command` or `entrypoint` in the model; what differs while you develop belongs into `development`.',
  TARS6404: 'Set the variable in the model; what differs while you develop belongs into `development.env`.',
  TARS6405: 'Give the port in the model, and publish it there.',
  TARS6406: 'Give the volume in the model; `composeMountPath` and `keepOnCompose` say what differs on Compose.',
  TARS6407: 'Change the file in the model: a ConfigMap and a mounted file are made of the same text.',
  TARS6408: 'Give the check in `health`; `health.compose` is one for Compose alone.',
  TARS6409: 'Say in the link what its client waits for: `waitFor`.',
  TARS6410: 'Set `runAs` in the model; `runAs.composeUser` is for Compose alone.',
  TARS6411: 'Set `resources` in the model; `development.memoryLimit` is for Compose alone.',
  TARS6412: 'Read the key by `EnvValue.fromSecret` in the model: then both targets read it.',
  TARS6413: 'Say the connection as a link in the model: policies and networks both come from it.',
  TARS6501: 'Set the field to what is said under "allowed".',
  TARS6502: 'Put the value into a Secret (on Compose into .env), refer to it by its key, and change it.',
  TARS6503: 'Set readOnlyRootFilesystem, and mount a volume where the process has to write.',
  TARS6504: 'State requests and limits of cpu, memory and ephemeral-storage.',
  TARS6505: 'Name the exact version, or a digest.',
  TARS6506:
    'Let the liveness probe ask whether the process itself still answers, and the readiness probe whether it can serve.',
  TARS6507: 'Declare the port, and name it in the probe.',
  TARS6508: 'Set automountServiceAccountToken to false, and mount a projected token where one is needed.',
  TARS6509: 'Set enableServiceLinks to false.',
  TARS6510: 'Make a ServiceAccount for each workload and name it in serviceAccountName.',
  TARS6511: 'State both: a preferred podAntiAffinity on kubernetes.io/hostname, and a topologySpreadConstraint.',
  TARS6512: 'Set startingDeadlineSeconds to less than a hundred times its interval.',
  TARS6513: 'Remove ttlSecondsAfterFinished, and set failedJobsHistoryLimit and successfulJobsHistoryLimit.',
  TARS6514:
    'One budget a workload with more than one replica: maxUnavailable 1, unhealthyPodEvictionPolicy AlwaysAllow.',
  TARS6515: 'Name the verbs, resources and API groups that are needed.',
  TARS6516: 'State max, min, default and defaultRequest of cpu and memory for containers.',
  TARS6517: 'Label the namespace pod-security.kubernetes.io/enforce: restricted.',
  TARS6601:
    'Keep the old value, or take the steps that the finding names: most of these objects are deleted and made anew, ' +
    'their pods and data left in place. The table is in [Upgrades](operations.md#what-cannot-be-changed-in-place).',
  TARS6602: 'Look at `allowVolumeExpansion` of the StorageClass, and whether the claim is bound.',
  TARS6603: 'Keep the name, or copy the data before the new release serves. Nothing is deleted by an apply.',
  TARS6604: 'Dump with the old version and load with the new one, on a volume of its own.',
  TARS6605: 'Make sure that the older version reads what the newer one wrote, or go on to a newer version.',
  TARS6606: 'Take the two steps that the finding names, so that `replicas` is not the property of apply any more.',
  TARS6607: 'Nothing, if that is what you expect. It says whose pods are replaced, and why.',
  TARS6608: 'Restart what reads it, after the apply.',
  TARS6609: 'Delete the object after the apply, with the command that the finding names.',
  TARS6610: 'Say `docker compose up -d --remove-orphans`.',
  TARS6611: 'Nothing, if that is what you expect. It says who may connect to whom from now on, or no longer.',
  TARS6612: 'Run `tars secrets init`, which adds what is missing to compose/.env.',
  TARS6613: 'Delete the object and apply again: only a new one gets the value.',
  TARS6614:
    'Say in main.ts what is to stay. Of a field that another program writes, leave the writing to one of them: out of the manifests, or out of what that program is told.',
  TARS6650: 'Leave `securityContext` and the host fields as they were made. The API server refuses the edit.',
  TARS6651: 'Mount an emptyDir where files are written, or say `runAs: { readOnlyRoot: false }` in main.ts.',
  TARS6652: 'State requests and limits of CPU and memory, in main.ts: `resources`.',
  TARS6653: 'Name a version or a digest.',
  TARS6654: 'Put the value into the Secret (`tars secrets set`), and refer to it.',
  TARS6655: 'Leave the labels and selectors as they were made. Another name is another service, in main.ts.',
  TARS6656: 'Leave `automountServiceAccountToken: false`.',
  TARS6657: 'Say who connects to whom in main.ts: a link, `access`, `allowFrom`, `internet`.',
  TARS6658: 'Raise `maxReplicas` in main.ts, which proves quota and connections again.',
  TARS6659: 'Change the bounds in main.ts (`autoscaling`). 0 replicas stop a workload, and its autoscaler.',
  TARS6660: 'Leave `maxUnavailable` at 1 or more.',
  TARS6661: 'Leave the label `pod-security.kubernetes.io/enforce` of the namespace.',
  TARS6662: 'Give the pod other labels, or none. `kubectl debug` works in a pod that is there.',
  TARS6620: 'Name a directory of manifests, a checkout of the project, or `git:` and a revision that has `dist/`.',
  TARS6621:
    'See what kubectl says: `kubectl config current-context`, `kubectl auth can-i get deployments -n <namespace>`.',
  TARS6701: 'Correct the name. `tars check --help` lists the proofs.',
  TARS6702:
    'Mend the objects that other issues name: a proof that cannot read them has proved nothing. If there are none, ' +
    'report it with the files.',
  TARS6703: 'Run `tars synth`, which writes it.',
  TARS6704: 'Put a regular file there, of 32 MiB at most, in UTF-8, that you may read. Links are not followed.',
  TARS6705: 'Mend the file at the place that the message names, or run `tars synth`, which writes it anew.',
  TARS6706: 'Move the file out of the directory: `kubectl apply -f` reads all of it.',
  TARS6707: 'Nothing. Remove the file, if nobody needs it.',
  TARS6708: 'Make the object in main.ts, or remove it: `kubectl apply -f` would apply it as well.',
  TARS6709: 'Run `tars synth`, and commit what it writes.',
  TARS6710: 'Correct the file at the line that the message names.',
  TARS6711: 'Remove the waiver: what it was about is mended. Or correct its rule or its object.',
  TARS7001: 'Look at its name, at the namespace and at the context.',
  TARS7002:
    'Ask for the role `tars-oncall` in the namespace (`oncallRole: true` in main.ts), or see `kubectl auth can-i --list`.',
  TARS7003: 'Log in again, and see what `kubectl auth whoami` says.',
  TARS7004: 'Mend what the message names.',
  TARS7005: 'Look at it again, and repeat the command if it is still wanted.',
  TARS7006: 'Look at the object again before you change it.',
  TARS7007: 'Find out who: another person, an autoscaler, a deployment in CI.',
  TARS7008: 'Change its bounds in main.ts, or pin them for a while: `tars scale NAME --pin N`.',
  TARS7009: 'Mend what the pods wait for, or go back: `tars rollout undo NAME`.',
  TARS7010: 'Mend what the message names: a quota, a limit range, Pod Security; or go back: `tars rollout undo NAME`.',
  TARS7011: 'Say `kubectl rollout resume deployment/NAME`.',
  TARS7012: 'Find out who deleted it, and apply again.',
  TARS7013: 'Wait longer, with --timeout where the command has it; or look at `tars status` and `tars events`.',
  TARS7014: 'Nothing: what was asked of the cluster before stands, nothing more was asked.',
  TARS7015: 'Try again later; what a budget allows is said by `kubectl get poddisruptionbudgets`.',
  TARS7016: 'See whether `kubectl version` reaches it.',
  TARS7017: 'Find out what came of the command before you repeat it.',
  TARS7018: 'Install metrics-server, and see `kubectl get apiservice v1beta1.metrics.k8s.io`.',
  TARS7019: 'Look at `tars pods` and `tars events`; of one that ended, `tars logs --previous` has the last words.',
  TARS7020: 'See whether the image has the program; `tars debug` brings one that has a shell.',
  TARS7021: 'See `kubectl config get-contexts`, and set --kubeconfig or --context.',
  TARS7022: 'Say `npm install --save-dev --save-exact @kubernetes/client-node@1.4.0`.',
  TARS7023: 'Choose the context with --context, or correct the pin in tars.cluster.yaml.',
  TARS7024: 'Answer with yes, or hand in --yes where nobody can be asked.',
  TARS7025: 'Do it as the message says. What each target can do is in [The running system](running.md#on-compose).',
  TARS7300:
    'Start the engine, or look at `kubectl config current-context`; say where to look with `--target`, `--context` or `--engine`.',
  TARS7301: 'Read the log of the run before (`kubectl logs --previous`), and mend what it says.',
  TARS7302:
    'Mend the name or the tag, push the image or load it into the nodes, or name a pull secret in `images.pullSecret`.',
  TARS7303:
    'Make it again: `tars synth`, `kubectl apply -f dist`; on Compose `tars secrets init`. Then restart who reads it.',
  TARS7304: 'Raise `resources.memoryLimit` in main.ts, and see with `tars check` that the quota still has room.',
  TARS7305: 'Name a StorageClass that the cluster has, and make the claim again: its class cannot be changed.',
  TARS7306: 'Add a node, lower requests, or mend labels, taints and affinity. `tars fit` says what would do.',
  TARS7307: 'Raise the quota, or lower replicas or resources. `tars check` has the arithmetic.',
  TARS7308: 'Bring back what the manifests say: `tars diff --against cluster` shows what was edited.',
  TARS7309:
    'See what the check says, and the log. A 404 is a wrong path, a refusal a wrong port, a 503 the word of the service itself.',
  TARS7310: 'Apply the manifests again: selector and ports come from the model.',
  TARS7311: 'See whether CoreDNS runs, and whether a NetworkPolicy closes port 53.',
  TARS7312: 'Delete the NetworkPolicy that is not of the manifests, or apply the manifests again.',
  TARS7313: 'See what the server listens on, and what its Service leads to.',
  TARS7314:
    'Give back the password that the database was made with, or set the new one in the database. See [Secrets](secrets.md).',
  TARS7315:
    'Install a metrics server, or the adapter of your metrics. Without one the number of replicas stays as it is.',
  TARS7316: 'Renew it: by cert-manager, by hand, or by `tars secrets init` where it is self-signed.',
  TARS7317: 'See `kubectl describe node`; drain it, or mend the machine.',
  TARS7318: 'Apply the manifests, or `docker compose up -d`.',
  TARS7319: 'End what listens there, or choose another port in main.ts.',
  TARS7320: 'See what the runtime says: the command or what is mounted is not there.',
  TARS7321: 'Give the files to the user that the container runs as.',
  TARS7322: 'Connect it again, or make the container anew: `docker compose up -d --force-recreate`.',
  TARS7323: 'Free some room: `docker system prune`, a larger volume, less to keep.',
  TARS7324: 'Read its log, mend what it says, and let it run again.',
  TARS7325: 'Look at it with `kubectl describe pod` or `docker inspect`, and tell us what it was.',
  TARS7326:
    'Install the Ingress controller or the maker of load balancers, or choose an exposure that the cluster has in main.ts.',
  TARS7327: 'Delete the pod: `tars restart pod/NAME --delete`. The one that is made for it is of the new version.',
  TARS7328:
    'Let whoever put the finalizer there finish. On a machine that is certainly off: `kubectl delete pod --force`.',
  TARS7329:
    'Install the controller of its class, mend what its condition names, or name a class that the cluster has in main.ts.',
  TARS7330: 'Mend what its condition names, which `kubectl describe httproute` says, and apply again.',
  TARS7101: 'Choose a value that the message allows.',
  TARS7103: 'Choose a value that the message allows.',
  TARS7102: 'Leave the value out: missing values never take replicas away.',
};
