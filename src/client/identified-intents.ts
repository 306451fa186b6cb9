import type { IntentClient } from './intent-client';
import type {
  ApprovalMove,
  ForceMove,
  Intents,
  MigrationMove,
  MoveRequest,
  NewIntent,
  TransitionMove,
  WaitOptions,
} from './intents';

/** Who speaks: what a credential says over HTTP. */
export interface Identity {
  organizationId: string;
  actor: string;
  /** What the actor may do: `admin` to force. The caller vouches for it. */
  scope?: string;
}

/** Said where an identity has no scope, and good for nothing. */
const NO_SCOPE = 'none';

/** An {@link IntentClient} that says in every request who speaks, and leaves nobody else to say it. */
export class IdentifiedIntents implements Intents {
  constructor(
    private readonly intents: IntentClient,
    private readonly identity: Identity,
  ) {}

  create(request: NewIntent = {}) {
    const { organizationId, actor } = this.identity;
    return this.intents.create({ ...request, organizationId, createdBy: actor });
  }

  requestTransition(intentId: string, request: TransitionMove) {
    return this.intents.requestTransition(intentId, this.signed(request));
  }

  transition(intentId: string, request: TransitionMove, wait?: WaitOptions) {
    return this.intents.transition(intentId, this.signed(request), wait);
  }

  cancel(intentId: string, request: MoveRequest = {}, wait?: WaitOptions) {
    return this.intents.cancel(intentId, this.signed(request), wait);
  }

  pause(intentId: string, request: MoveRequest = {}, wait?: WaitOptions) {
    return this.intents.pause(intentId, this.signed(request), wait);
  }

  resume(intentId: string, request: MoveRequest = {}, wait?: WaitOptions) {
    return this.intents.resume(intentId, this.signed(request), wait);
  }

  force(intentId: string, request: ForceMove, wait?: WaitOptions) {
    const scope = this.identity.scope ?? NO_SCOPE;
    return this.intents.force(intentId, { ...this.signed(request), scope }, wait);
  }

  approve(intentId: string, request: ApprovalMove, wait?: WaitOptions) {
    return this.intents.approve(intentId, this.signed(request), wait);
  }

  migrate(intentId: string, request: MigrationMove, wait?: WaitOptions) {
    return this.intents.migrate(intentId, this.signed(request), wait);
  }

  outcome(intentId: string, requestId: string) {
    return this.intents.outcome(intentId, requestId);
  }

  describe(intentId: string, wait?: WaitOptions) {
    return this.intents.describe(intentId, wait);
  }

  history(intentId: string) {
    return this.intents.history(intentId);
  }

  waitForState(intentId: string, state: string | ((state: string) => boolean), wait?: WaitOptions) {
    return this.intents.waitForState(intentId, state, wait);
  }

  close() {
    return this.intents.close();
  }

  private signed<Request extends MoveRequest>(request: Request): Request & { actor: string } {
    return { ...request, actor: this.identity.actor };
  }
}
