"""Creates an intent and moves it, with Temporal's SDK alone."""

import asyncio
import json
import os
import uuid

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy

ORGANIZATION = "0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001"


async def main() -> None:
    client = await Client.connect(os.environ.get("TEMPORAL_ADDRESS", "localhost:7233"))

    intent = await client.start_workflow(
        "intentWorkflow",
        {"organizationId": ORGANIZATION, "title": "from Python"},
        id=str(uuid.uuid4()),
        task_queue=os.environ.get("INTENT_TASK_QUEUE", "intents"),
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
    )

    # Made before it is sent, and kept: sent again, it is still one request.
    request_id = str(uuid.uuid4())
    request = {"requestId": request_id, "to": "ICP_PENDING", "actor": "python"}
    await intent.signal("requestTransition", request)

    outcome = await intent.execute_update("awaitOutcome", request_id)
    print(json.dumps({"id": intent.id, "outcome": outcome}))


asyncio.run(main())
