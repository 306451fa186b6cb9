// Creates an intent and moves it, with Temporal's SDK alone.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/google/uuid"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
)

const organization = "0b8fd1a5-6f6c-4a1d-9a67-0d0f4bb7a001"

func main() {
	if err := move(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func move(ctx context.Context) error {
	temporal, err := client.Dial(client.Options{HostPort: os.Getenv("TEMPORAL_ADDRESS")})
	if err != nil {
		return err
	}
	defer temporal.Close()

	id := uuid.NewString()
	_, err = temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                    id,
		TaskQueue:             taskQueue(),
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
	}, "intentWorkflow", map[string]string{"organizationId": organization, "title": "from Go"})
	if err != nil {
		return err
	}

	// Made before it is sent, and kept: sent again, it is still one request.
	requestID := uuid.NewString()
	request := map[string]string{"requestId": requestID, "to": "ICP_PENDING", "actor": "go"}
	if err := temporal.SignalWorkflow(ctx, id, "", "requestTransition", request); err != nil {
		return err
	}

	update, err := temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID:   id,
		UpdateName:   "awaitOutcome",
		Args:         []any{requestID},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return err
	}
	var outcome map[string]any
	if err := update.Get(ctx, &outcome); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"id": id, "outcome": outcome})
}

func taskQueue() string {
	if name := os.Getenv("INTENT_TASK_QUEUE"); name != "" {
		return name
	}
	return "intents"
}
