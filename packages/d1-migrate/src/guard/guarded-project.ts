/** The part of Nx's project configuration that the guard reads. */
export interface GuardedProject {
  readonly root: string;
  readonly tags?: readonly string[] | undefined;
  readonly targets?: Readonly<Record<string, GuardedTarget>> | undefined;
  /** The D1 plugins put the names of their targets into the group `D1`. */
  readonly metadata?: { readonly targetGroups?: Readonly<Record<string, readonly string[]>> } | undefined;
}

export interface GuardedTarget {
  readonly executor?: string | undefined;
  readonly configurations?: Readonly<Record<string, unknown>> | undefined;
  readonly defaultConfiguration?: string | undefined;
  readonly dependsOn?: readonly (string | TargetDependency)[] | undefined;
  readonly metadata?: { readonly description?: string | undefined } | undefined;
}

interface TargetDependency {
  readonly target: string;
  readonly projects?: unknown;
  readonly dependencies?: boolean | undefined;
}

export type GuardedProjects = Readonly<Record<string, GuardedProject>>;
