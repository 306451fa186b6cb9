import { setCurrentDetails, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

import { formatGraphReference } from '../graph';
import { INTENT_STATE_SEARCH_ATTRIBUTE, type DrivenPart, type Intent } from '../intent';
import { renderDetails } from './details';
import type { Recorded } from './record';

const intentState = defineSearchAttributeKey(INTENT_STATE_SEARCH_ATTRIBUTE, SearchAttributeType.KEYWORD);

/** What lists and the Web UI show of an intent. Only recorded states are shown: visible means durable. */
export class Visibility {
  private shownGraph: string | undefined;

  constructor(
    private readonly intent: Intent,
    private readonly recorded: Recorded,
    private readonly driven: DrivenPart,
    private shownState: string | undefined,
  ) {
    if (this.graphIsRecorded) this.shownGraph = formatGraphReference(intent.graph);
  }

  /** Once an intent: a memo stays through continue-as-new. */
  introduce(): void {
    const { organizationId, graph, title } = this.intent;
    upsertMemo({ organizationId, graph: formatGraphReference(graph), ...(title !== undefined && { title }) });
  }

  private get graphIsRecorded(): boolean {
    return this.recorded.recordedSequence >= this.intent.graphSince;
  }

  /** After each recording, and at the start of each run: current details do not survive continue-as-new. */
  refresh(): void {
    setCurrentDetails(renderDetails(this.intent, this.recorded, this.driven));
    const { sequence, state, graph } = this.intent;
    if (this.recorded.recordedSequence === sequence && this.shownState !== state) {
      this.shownState = state;
      upsertSearchAttributes([{ key: intentState, value: state }]);
    }
    if (this.graphIsRecorded && this.shownGraph !== formatGraphReference(graph)) {
      this.shownGraph = formatGraphReference(graph);
      upsertMemo({ graph: this.shownGraph });
    }
  }
}
