import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { CHECKOUT } from '../../src/dev/checkout';
import { runCommand } from '../../src/dev/machine/run-command';
import { cached } from '../../src/dev/servers/cache';
import { goBuild } from '../../src/dev/servers/go-build';
import { digest } from '../setup/programs';

/** Longer than a first run takes, which installs and builds them: half a minute on 2 cores. */
export const FIRST_RUN_MS = 300_000;

/** The oldest and the newest Kubernetes that the files are held to. */
export const KUBERNETES_VERSIONS = ['1.31.0', '1.37.0'];

const PINS = join(CHECKOUT, 'servers', 'deploy-linters');

export interface Linters {
  hadolint: string;
  kubeconform: string;
  kustomize: string;
  /** What `docker compose config` says, without Docker: see its `main.go`. */
  composeConfig: string;
  /** For kubeconform's `-schema-location`. */
  schemas: string;
}

/**
 * Paths of the linters that the files in `deploy` are held to, kept beside the cached servers; needs `go` and `python3`
 * with pip.
 */
export async function findLinters(): Promise<Linters> {
  const version = digest(
    ...['go.mod', 'go.sum', 'compose-config/main.go', 'requirements.txt'].map((name) => join(PINS, name)),
  );
  const folder = await cached({ what: 'deploy-linters', version }, async (into) => {
    const requirements = join(PINS, 'requirements.txt');
    const python = join(into, 'python');
    await runCommand('python3', {
      args: ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', python, '-r', requirements],
    });
    keepSchemas(join(python, 'kubernetes_validate', 'kubernetes-json-schema'), join(into, 'schemas'));
    rmSync(join(python, 'kubernetes_validate'), { recursive: true });
    for (const [name, main] of Object.entries({
      kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform',
      kustomize: 'sigs.k8s.io/kustomize/kustomize/v5',
      'compose-config': './compose-config',
    })) {
      await goBuild({ module: 'deploy-linters', package: main, output: join(into, name), step: () => {} });
    }
  });
  return {
    hadolint: join(folder, 'python', 'bin', 'hadolint'),
    kubeconform: join(folder, 'kubeconform'),
    kustomize: join(folder, 'kustomize'),
    composeConfig: join(folder, 'compose-config'),
    schemas: join(
      folder,
      'schemas',
      '{{.NormalizedKubernetesVersion}}',
      '{{.ResourceKind}}{{.KindSuffix}}.json',
    ),
  };
}

/**
 * Keeps the schemas of Kubernetes that are needed, where kubeconform finds what they refer to: as they are packaged, they
 * refer to each other by addresses that only the package's own program knows.
 */
function keepSchemas(from: string, to: string): void {
  for (const version of KUBERNETES_VERSIONS) {
    const source = join(from, `v${version}-local-strict`);
    mkdirSync(join(to, `v${version}`), { recursive: true });
    for (const name of readdirSync(source)) {
      const text = readFileSync(join(source, name), 'utf8')
        .replaceAll('"/api/_definitions.json#', '"_definitions.json#')
        .replace('"$id": "https://kubernetes.io', '"$comment": "https://kubernetes.io');
      writeFileSync(join(to, `v${version}`, name), text);
    }
  }
}
