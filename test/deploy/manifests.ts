// Kubernetes manifests as data, and what must hold among them: every name that one says is there in another. Each check gives
// sentences, so that it can be tried on manifests that break it.

export type Manifest = {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Labels };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: Spec;
};

type Labels = Readonly<Record<string, string>>;
type Selector = {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
};
type Peer = { readonly podSelector?: Selector; readonly namespaceSelector?: Selector };

type Spec = {
  readonly replicas?: number;
  readonly serviceName?: string;
  readonly selector?: Selector & Labels;
  readonly podSelector?: Selector;
  readonly ingress?: readonly { readonly from?: readonly Peer[] }[];
  readonly egress?: readonly { readonly to?: readonly Peer[] }[];
  readonly ports?: readonly { readonly port: number; readonly targetPort?: string }[];
  readonly template?: { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec };
  readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
};

export type PodSpec = {
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly automountServiceAccountToken?: boolean;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
};

type Volume = {
  readonly name: string;
  readonly secret?: { readonly secretName: string };
  readonly configMap?: { readonly name: string };
};

export type Container = {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: {
      readonly secretKeyRef?: { readonly name: string; readonly key: string };
      readonly fieldRef?: { readonly fieldPath: string };
    };
  }[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
  readonly resources?: { readonly requests?: Labels; readonly limits?: Labels };
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[] };
  };
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
};

export type Probe = {
  readonly exec?: { readonly command: readonly string[] };
  readonly httpGet?: { readonly path: string; readonly port: string };
};

export const ofKind = (all: readonly Manifest[], kind: string) => all.filter((each) => each.kind === kind);

/** Workloads with their pods. */
export function podsOf(
  all: readonly Manifest[],
): { readonly name: string; readonly labels: Labels; readonly spec: PodSpec; readonly claims: readonly string[] }[] {
  return ofKind(all, 'StatefulSet').flatMap(({ metadata, spec }) =>
    spec.template === undefined
      ? []
      : [
          {
            name: metadata.name,
            labels: spec.template.metadata.labels,
            spec: spec.template.spec,
            claims: (spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata.name),
          },
        ],
  );
}

const containersOf = ({ initContainers = [], containers }: PodSpec) => [...initContainers, ...containers];

/** ConfigMaps, Secrets and volumes that a pod names and that are not there. */
export function missingRefs(all: readonly Manifest[]): string[] {
  const keysOf = (kind: string, name: string) => {
    const found = ofKind(all, kind).find(({ metadata }) => metadata.name === name);
    return found === undefined ? undefined : Object.keys(found.data ?? {});
  };
  return podsOf(all).flatMap(({ name, spec, claims }) => {
    const volumes = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]));
    const wrong: string[] = [];
    for (const { secret, configMap } of volumes.values()) {
      if (secret !== undefined && keysOf('Secret', secret.secretName) === undefined)
        wrong.push(`no Secret ${secret.secretName}`);
      if (configMap !== undefined && keysOf('ConfigMap', configMap.name) === undefined)
        wrong.push(`no ConfigMap ${configMap.name}`);
    }
    const mounted = containersOf(spec).flatMap(({ volumeMounts = [] }) => volumeMounts.map((mount) => mount.name));
    for (const each of mounted) if (!volumes.has(each) && !claims.includes(each)) wrong.push(`no volume ${each}`);
    for (const each of [...volumes.keys(), ...claims])
      if (!mounted.includes(each)) wrong.push(`volume ${each} is mounted nowhere`);
    for (const { env = [], envFrom = [] } of containersOf(spec)) {
      for (const { configMapRef } of envFrom)
        if (keysOf('ConfigMap', configMapRef.name) === undefined) wrong.push(`no ConfigMap ${configMapRef.name}`);
      for (const { valueFrom } of env) {
        const ref = valueFrom?.secretKeyRef;
        if (ref !== undefined && keysOf('Secret', ref.name)?.includes(ref.key) !== true)
          wrong.push(`no key ${ref.key} in Secret ${ref.name}`);
      }
    }
    return wrong.map((sentence) => `${name}: ${sentence}`);
  });
}

/** Files that the environment names, of which no mounted Secret or ConfigMap has the key. */
export function missingFiles(all: readonly Manifest[]): string[] {
  return podsOf(all).flatMap(({ name, spec }) =>
    containersOf(spec).flatMap((container) =>
      Object.entries(environmentOf(all, container))
        .filter(([key]) => key.endsWith('_FILE'))
        .flatMap(([key, file]) => {
          const mount = container.volumeMounts?.find(({ mountPath }) => file.startsWith(`${mountPath}/`));
          const secretName = spec.volumes?.find((volume) => volume.name === mount?.name)?.secret?.secretName;
          const secret = ofKind(all, 'Secret').find(({ metadata }) => metadata.name === secretName);
          const isThere = Object.hasOwn(secret?.data ?? {}, file.slice((mount?.mountPath.length ?? 0) + 1));
          return isThere ? [] : [`${name}: ${key} is ${file}, and no Secret is mounted there that has it`];
        }),
    ),
  );
}

/** Label of a pod of a StatefulSet, which Kubernetes sets from 1.28 on. */
export const POD_INDEX = "metadata.labels['apps.kubernetes.io/pod-index']";

/** What the first pod's container gets; what else the cluster fills in has a name in its place. */
export function environmentOf(all: readonly Manifest[], { env = [], envFrom = [] }: Container): Record<string, string> {
  const shared = envFrom.flatMap(({ configMapRef }) =>
    ofKind(all, 'ConfigMap').filter(({ metadata }) => metadata.name === configMapRef.name),
  );
  return Object.assign(
    {},
    ...shared.map(({ data }) => data),
    Object.fromEntries(
      env.map(({ name, value, valueFrom }) => [
        name,
        value ?? (valueFrom?.fieldRef?.fieldPath === POD_INDEX ? '0' : 'filled-in'),
      ]),
    ),
  );
}

/** Selectors that select nothing, and ports that nobody listens on. */
export function looseEnds(all: readonly Manifest[]): string[] {
  const pods = podsOf(all);
  const selected = (selector: Selector) => pods.filter(({ labels }) => selects(selector, labels));
  const wrong: string[] = [];
  for (const { kind, metadata, spec } of all) {
    const at = `${kind} ${metadata.name}`;
    if (kind === 'Service') {
      const chosen = selected({ matchLabels: spec.selector as Labels });
      if (chosen.length === 0) wrong.push(`${at} selects no pod`);
      const open = chosen.flatMap(({ spec: pod }) => pod.containers.flatMap(({ ports = [] }) => ports));
      for (const { port, targetPort } of spec.ports ?? [])
        if (!open.some(({ name, containerPort }) => name === targetPort && containerPort === port))
          wrong.push(`${at}: nobody listens on ${targetPort} ${port}`);
    }
    if (kind === 'PodDisruptionBudget' || kind === 'StatefulSet')
      if (
        selected(spec.selector ?? {})
          .map(({ name }) => name)
          .join() !== metadata.name
      )
        wrong.push(`${at} selects other pods than its own`);
    if (kind === 'StatefulSet' && !ofKind(all, 'Service').some((service) => service.metadata.name === spec.serviceName))
      wrong.push(`${at}: no Service ${spec.serviceName}`);
    if (kind === 'NetworkPolicy') {
      const peers = [
        ...(spec.ingress ?? []).flatMap(({ from = [] }) => from),
        ...(spec.egress ?? []).flatMap(({ to = [] }) => to),
      ];
      const own = peers.flatMap(({ podSelector, namespaceSelector }) =>
        podSelector === undefined || namespaceSelector !== undefined ? [] : [podSelector],
      );
      for (const selector of [spec.podSelector ?? {}, ...own])
        if (selected(selector).length === 0) wrong.push(`${at} selects no pod by ${JSON.stringify(selector)}`);
    }
  }
  return wrong;
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  const holds = ({ key, operator, values }: { key: string; operator: string; values: readonly string[] }) => {
    if (operator !== 'In') throw new Error(`the tests do not know the operator ${operator}`);
    return values.includes(labels[key] ?? '');
  };
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value) && matchExpressions.every(holds);
}

/** What the Pod Security Standard `restricted` refuses, and what is not pinned or not bounded. */
export function unconfined(all: readonly Manifest[]): string[] {
  return podsOf(all).flatMap(({ name, spec }) => {
    const { runAsNonRoot, runAsUser, seccompProfile } = spec.securityContext ?? {};
    const isNobody = runAsNonRoot === true && typeof runAsUser === 'number' && runAsUser > 0;
    const hasFilter = (seccompProfile as { type?: string } | undefined)?.type === 'RuntimeDefault';
    const wrong = [
      ...(isNobody ? [] : ['may be root']),
      ...(hasFilter ? [] : ['has no seccomp profile']),
      ...(spec.automountServiceAccountToken === false ? [] : ['is given a token of the cluster']),
    ];
    for (const { name: container, image, securityContext, resources } of containersOf(spec)) {
      if (securityContext?.allowPrivilegeEscalation !== false) wrong.push(`${container} may gain privileges`);
      if (securityContext?.capabilities?.drop?.includes('ALL') !== true) wrong.push(`${container} keeps capabilities`);
      if (resources?.limits?.memory === undefined || resources.requests?.cpu === undefined)
        wrong.push(`${container} is not bounded`);
      if (!/:\d+\.\d+\.\d+$/.test(image)) wrong.push(`${container}: ${image} is not pinned`);
    }
    return wrong.map((sentence) => `${name}: ${sentence}`);
  });
}
