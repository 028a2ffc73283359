// What a person may do to the incident now; the hub says which acts its life cycle allows.
import { Alert, Button, NativeSelect, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { api, take, type IncidentDetail, type Schemas, type Verb } from "../api/client";
import { incident, me } from "../api/queries";
import { type MessageId, useWords } from "../i18n";
import { errorWords, Panel } from "../parts/panel";

const MOVES = ["acknowledge", "start", "pend", "resolve", "close", "reopen"] as const;
const PRIORITIES = [1, 2, 3, 4, 5] as const;

/** Whether these scopes allow acts. */
export function mayAct(scopes: readonly string[]): boolean {
  return scopes.includes("write") || scopes.includes("admin");
}

export function Acts({ found }: { found: IncidentDetail }): ReactNode {
  const { say } = useWords();
  const scopes = useQuery(me).data?.scopes ?? [];
  const [note, setNote] = useState("");
  const act = useAct(found.number, () => setNote(""));
  if (!mayAct(scopes)) {
    return (
      <Panel title={say("act.title")}>
        <p className="dim">{say("act.readOnly")}</p>
      </Panel>
    );
  }
  const moves = MOVES.filter((verb) => found.verbs.includes(verb));
  const send = (verb: Verb): void => act.mutate({ verb, note });
  return (
    <Panel title={say("act.title")}>
      <div className="acts">
        {moves.map((verb, index) => (
          <Button
            key={verb}
            size="sm"
            variant={index === 0 ? "filled" : "default"}
            disabled={act.isPending}
            onClick={() => send(verb)}
            data-verb={verb}
          >
            {say(`act.${verb}`)}
          </Button>
        ))}
      </div>
      <Textarea
        aria-label={say("act.note")}
        placeholder={say("act.note")}
        value={note}
        maxLength={4000}
        minRows={2}
        rows={2}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className="acts">
        {found.verbs.includes("comment") && (
          <Button
            size="compact-sm"
            variant="default"
            disabled={act.isPending || note.trim() === ""}
            onClick={() => send("comment")}
            data-verb="comment"
          >
            {say("act.comment")}
          </Button>
        )}
        {found.verbs.includes("set_priority") && (
          <NativeSelect
            size="xs"
            aria-label={say("act.setPriority")}
            value={String(found.priority)}
            disabled={act.isPending}
            onChange={(event) => act.mutate({ verb: "set_priority", note, priority: Number(event.currentTarget.value) })}
            data={PRIORITIES.map((n) => ({
              value: String(n),
              label: say("priority.label", { n, word: say(`priority.${n}` as MessageId) }),
            }))}
          />
        )}
      </div>
      {found.held_notices > 0 && <Release found={found} />}
      {act.error && (
        <Alert color="red" variant="light" title={say("error.title")} role="alert">
          {errorWords(act.error, say)}
        </Alert>
      )}
    </Panel>
  );
}

function useAct(number: number, done: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["ActIn"]) =>
      take(api.POST("/api/v1/incidents/{number}/acts", { params: { path: { number } }, body })),
    onSuccess: (changed) => {
      client.setQueryData(incident(number).queryKey, changed);
      done();
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["incidents"] }),
        client.invalidateQueries({ queryKey: ["incident", number] }),
      ]),
  });
}

function Release({ found }: { found: IncidentDetail }): ReactNode {
  const { say } = useWords();
  const client = useQueryClient();
  const release = useMutation({
    mutationFn: () =>
      take(api.POST("/api/v1/incidents/{number}/release", { params: { path: { number: found.number } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["incident", found.number] }),
  });
  return (
    <div className="release">
      <p className="small">{say("act.releaseHint")}</p>
      <Button size="compact-sm" loading={release.isPending} onClick={() => release.mutate()} data-verb="release">
        {say("act.release", { n: found.held_notices })}
      </Button>
      {release.error && <p className="warn">{errorWords(release.error, say)}</p>}
    </div>
  );
}
