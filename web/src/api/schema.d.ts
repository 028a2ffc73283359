// Generated from the hub's OpenAPI document by `npm run generate`; do not edit.

export interface paths {
    "/api/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Alerts
         * @description Alerts, those that changed last first.
         */
        get: operations["list_alerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{fingerprint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Alert
         * @description One alert.
         */
        get: operations["get_alert"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assessment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Assessment
         * @description What is broken, and which services, groups and people it hurts. ``?at=`` asks it of a past time.
         *
         *     A past time is answered with the graph of then and with what the hub's last decision until then said was broken.
         */
        get: operations["get_assessment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Acts
         * @description Acts, the newest first.
         */
        get: operations["list_acts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Cis
         * @description CIs by name.
         */
        get: operations["list_cis"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cis/{ci_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Ci
         * @description One CI: values with their sources, relations, health.
         */
        get: operations["get_ci"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cis/{ci_id}/affected": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Affected
         * @description What the failure of this CI alone would do: services and people whole, CIs by pages, the worst first.
         *
         *     Quick however large the estate: for the way to everybody concerned ask for its impact. ``?at=`` asks it of the graph
         *     of a past time.
         */
        get: operations["get_affected"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cis/{ci_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get History
         * @description Each change of a CI and of its relations; of one that is gone, too.
         */
        get: operations["get_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cis/{ci_id}/impact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Impact
         * @description What would break, and who would be hit, if this CI alone failed now.
         *
         *     ``?at=`` asks it of the graph of a past time.
         */
        get: operations["get_impact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cis/{ci_id}/map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Ci Map
         * @description Who is hurt by a CI, or what it stands on. ``?at=`` asks it of the graph of a past time, in today's places.
         */
        get: operations["get_ci_map"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cis/{ci_id}/map/pins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pin On Ci Map
         * @description Pin a CI to a place on the map of a CI.
         */
        post: operations["pin_on_ci_map"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cis/{ci_id}/map/pins/{pinned}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Unpin On Ci Map
         * @description Let go of a CI that was pinned; it stays where it is.
         */
        delete: operations["unpin_on_ci_map"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cis/{ci_id}/map/tidy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tidy Ci Map
         * @description Lay the map of a CI out anew, for everybody, or take that back.
         */
        post: operations["tidy_ci_map"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cis/{ci_id}/points-of-failure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Points Of Failure
         * @description What this CI hangs by: each CI whose failure alone brings it down, and the fewest needs to double.
         *
         *     ``?at=`` asks it of the graph of a past time.
         */
        get: operations["get_points_of_failure"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Credentials
         * @description The names of all credentials, without secrets.
         */
        get: operations["list_credentials"];
        put?: never;
        /**
         * Put Credential
         * @description Keep a credential, sealed. One of the same name is replaced.
         */
        post: operations["put_credential"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/credentials/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove Credential
         * @description Forget a credential; devices that it opened are no longer asked with it.
         */
        delete: operations["remove_credential"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/discovery/ranges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Ranges
         * @description All declared ranges.
         */
        get: operations["list_ranges"];
        put?: never;
        /**
         * Declare Range
         * @description Declare where discovery may ask; a range that is declared already gets the new words.
         *
         *     Nothing outside of declared ranges is ever asked.
         */
        post: operations["declare_range"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/discovery/ranges/{range_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Withdraw Range
         * @description Take a range back. What was found in it stays in the graph.
         */
        delete: operations["withdraw_range"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/discovery/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Runs
         * @description The last runs.
         */
        get: operations["list_runs"];
        put?: never;
        /**
         * Start Run
         * @description Begin to discover. One run at a time.
         */
        post: operations["start_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/discovery/runs/{run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Run
         * @description One run: its progress, what it found, what it could not reach and why.
         */
        get: operations["get_run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/graph/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export Graph
         * @description The whole graph of the revision that the hub works with. Secrets are never in the graph.
         */
        get: operations["export_graph"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/graph/revision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Revision
         * @description Which revision of the graph the hub works with.
         */
        get: operations["get_revision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import Model
         * @description Take a service model into the graph. 422 names each mistake with its line.
         */
        post: operations["import_model"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Incidents
         * @description Incidents, the newest first.
         */
        get: operations["list_incidents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Incident
         * @description Everything about one incident.
         */
        get: operations["get_incident"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{number}/acts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Act On Incident
         * @description Acknowledge, start, pend, resolve, close, reopen, set the priority, or comment.
         */
        post: operations["act_on_incident"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{number}/map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Incident Map
         * @description The way from the cause of an incident to services and people, and where redundancy holds.
         */
        get: operations["get_incident_map"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{number}/map/pins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pin On Incident Map
         * @description Pin a CI to a place on the map of an incident.
         */
        post: operations["pin_on_incident_map"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{number}/map/pins/{pinned}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Unpin On Incident Map
         * @description Let go of a CI that was pinned; it stays where it is.
         */
        delete: operations["unpin_on_incident_map"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{number}/map/tidy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tidy Incident Map
         * @description Lay the map of an incident out anew, for everybody, or take that back.
         */
        post: operations["tidy_incident_map"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{number}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Release Notices
         * @description Let the held notices of an incident go: a person agrees to telling that many.
         */
        post: operations["release_notices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/intake/alertmanager": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The webhook of Prometheus Alertmanager (version 4). */
        post: operations["intake_alertmanager"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/intake/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Alerts in our own form. */
        post: operations["intake_native"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Me
         * @description Who one is, and what one may do.
         */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/points-of-failure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Points Of The Network
         * @description Each device and link that is the only way from the anchors to others, those that cut off most first.
         *
         *     ``?at=`` asks it of the graph of a past time.
         */
        get: operations["get_points_of_the_network"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Quarantine
         * @description What was set aside, the newest first.
         */
        get: operations["list_quarantine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quarantine/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay
         * @description Put messages into the inbox again, after a mapping or the graph was mended.
         */
        post: operations["replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ranking": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Ranking
         * @description Every CI by what its failure alone would do to the business. ``?at=`` asks it of the graph of a past time.
         */
        get: operations["get_ranking"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign In
         * @description Sign in. The session comes as a cookie (HttpOnly, SameSite=Strict).
         */
        post: operations["sign_in"];
        /**
         * Sign Out
         * @description Sign out: the session ends at once.
         */
        delete: operations["sign_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set Up
         * @description Make the first administrator, once, with the one-time token; signs them in.
         */
        post: operations["set_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Sources
         * @description From whom signals come.
         */
        get: operations["list_sources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream
         * @description Changes as they happen.
         *
         *     Events: ``incident`` (subject: its number), ``alert`` (its fingerprint), ``health`` and ``graph`` (the revision),
         *     ``hello`` at the start, ``resync`` when the ``Last-Event-ID`` is too old: then read everything anew.
         */
        get: operations["stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Tokens
         * @description All tokens, the newest first.
         */
        get: operations["list_tokens"];
        put?: never;
        /**
         * Create Token
         * @description Make a token. Its secret is in this answer and nowhere else.
         */
        post: operations["create_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{token_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke Token
         * @description Revoke a token at once.
         */
        delete: operations["revoke_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/what-if": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What If
         * @description What would change if this failed, were well again, went into maintenance, or stood twice. Nothing is stored.
         *
         *     It is compared with what is, or with the scenario ``against``. ``?at=`` asks it of a past time: of the graph of then
         *     and what was broken in it.
         */
        post: operations["what_if"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Healthz
         * @description The process answers. The only route that asks for no credential.
         */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics
         * @description The hub's own figures in the Prometheus text format.
         */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Readyz
         * @description 200 when all parts are there, else 503; says which part is away and why.
         */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * ActIn
         * @description What a person does to an incident.
         */
        ActIn: {
            /**
             * Note
             * @default
             */
            note: string;
            /**
             * Priority
             * @description for set_priority
             */
            priority?: number | null;
            /**
             * Verb
             * @enum {string}
             */
            verb: "acknowledge" | "start" | "pend" | "resolve" | "close" | "reopen" | "set_priority" | "comment";
        };
        /**
         * AffectedCiOut
         * @description A CI that would be otherwise than with nothing broken.
         */
        AffectedCiOut: {
            ci: components["schemas"]["CiRef"];
            /**
             * Health
             * @enum {string}
             */
            health: "ok" | "at_risk" | "degraded" | "down" | "unknown";
        };
        /**
         * AffectedOut
         * @description What a failure would do. ``changed`` counts the CIs of all pages.
         */
        AffectedOut: {
            /** Cannot Work */
            cannot_work: number;
            /** Changed */
            changed: number;
            ci: components["schemas"]["CiRef"];
            /** Items */
            items: components["schemas"]["AffectedCiOut"][];
            /** Limited */
            limited: number;
            /** Next Cursor */
            next_cursor?: string | null;
            /** People Total */
            people_total: number;
            /** Revision */
            revision: number;
            /** Services */
            services: components["schemas"]["AffectedServiceOut"][];
        };
        /**
         * AffectedServiceOut
         * @description A service, or an offering with trouble of its own, that would be hit.
         */
        AffectedServiceOut: {
            service: components["schemas"]["CiRef"];
            /**
             * State
             * @enum {string}
             */
            state: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            /** Tier */
            tier: number;
        };
        /**
         * AlertOut
         * @description One alert. ``bind`` says why it belongs to this CI, or to none. Times are the hub's unless they say otherwise.
         *
         *     ``first_seen`` and ``last_seen`` are the sender's times; ``occurrences`` are distinct messages.
         */
        AlertOut: {
            /** Active Since */
            active_since: string | null;
            /** Authenticated */
            authenticated: boolean;
            bind: components["schemas"]["ReasonOut"];
            /** Check */
            check: string;
            ci: components["schemas"]["CiRef"] | null;
            /** Cleared At */
            cleared_at: string | null;
            /** Details */
            details: {
                [key: string]: string;
            };
            /**
             * Effect
             * @enum {string}
             */
            effect: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            /** Fingerprint */
            fingerprint: string;
            /**
             * First Seen
             * Format: date-time
             */
            first_seen: string;
            /** Hints */
            hints: {
                [key: string]: string;
            };
            /**
             * Kind
             * @enum {string}
             */
            kind: "fault" | "no_answer" | "port_down" | "hint";
            /**
             * Last Received
             * Format: date-time
             */
            last_received: string;
            /**
             * Last Seen
             * Format: date-time
             */
            last_seen: string;
            /** Occurrences */
            occurrences: number;
            /** Proven */
            proven: boolean;
            /** Resource */
            resource: string;
            /**
             * Severity
             * @enum {string}
             */
            severity: "info" | "warning" | "minor" | "major" | "critical";
            /** Source */
            source: string;
            /**
             * State
             * @enum {string}
             */
            state: "active" | "cleared";
            /** Summary */
            summary: string;
        };
        /**
         * Alive
         * @description The process answers. Nothing more is said to strangers.
         */
        Alive: {
            /**
             * Status
             * @default ok
             * @constant
             */
            status: "ok";
        };
        /**
         * AssessmentOut
         * @description What was broken and whom it hurt. ``faults`` ends at 1,000, the worst first; ``broken`` counts them all.
         *
         *     ``faults_known`` is false where the hub does not remember so far back; then nothing is counted as broken.
         */
        AssessmentOut: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Broken */
            broken: number;
            /** Faults */
            faults: components["schemas"]["FaultOut"][];
            /** Faults Known */
            faults_known: boolean;
            outcome: components["schemas"]["OutcomeOut"];
            /** Revision */
            revision: number;
        };
        /**
         * AuditOut
         * @description One act. ``seal`` is the SHA-256 over this row and the seal before it.
         */
        AuditOut: {
            /** Act */
            act: string;
            /** Actor */
            actor: string;
            /** Address */
            address: string;
            /** After */
            after?: unknown;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Before */
            before?: unknown;
            /** Number */
            number: number;
            /** Object */
            object: string;
            /** Seal */
            seal: string;
        };
        /**
         * AuthProtocol
         * @description How a v3 message is authenticated. MD5 and SHA: RFC 3414; the SHA-2 family: RFC 7860.
         * @enum {string}
         */
        AuthProtocol: "MD5" | "SHA" | "SHA-224" | "SHA-256" | "SHA-384" | "SHA-512";
        /**
         * ChangeOut
         * @description A CI whose health would change.
         */
        ChangeOut: {
            /**
             * After
             * @enum {string}
             */
            after: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            /**
             * Before
             * @enum {string}
             */
            before: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            ci: components["schemas"]["CiRef"];
        };
        /**
         * CiDetail
         * @description A CI with its values, who said them, its relations, and why its health is as it is.
         *
         *     ``cuts_off``: of how many devices it is a single point of failure, as their only way to the anchors.
         */
        CiDetail: {
            /** Attributes */
            attributes: {
                [key: string]: unknown;
            };
            /** Cls */
            cls: string;
            /** Cuts Off */
            cuts_off: number;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Observations */
            observations: components["schemas"]["ObservationOut"][];
            /**
             * Own
             * @enum {string}
             */
            own: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            /**
             * Propagated
             * @enum {string}
             */
            propagated: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            reason: components["schemas"]["ReasonOut"] | null;
            /** Relations */
            relations: components["schemas"]["RelationOut"][];
            /** Revision */
            revision: number;
            /** Via */
            via: components["schemas"]["CiRef"][];
        };
        /**
         * CiOut
         * @description A CI in a list: its class and health.
         */
        CiOut: {
            /** Cls */
            cls: string;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /**
             * Own
             * @enum {string}
             */
            own: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            /**
             * Propagated
             * @enum {string}
             */
            propagated: "ok" | "at_risk" | "degraded" | "down" | "unknown";
        };
        /**
         * CiRef
         * @description A CI by id, with what a reader needs to recognise it. One that left the graph has its id for a name.
         */
        CiRef: {
            /** Cls */
            cls?: string | null;
            /** Id */
            id: string;
            /** Name */
            name: string;
        };
        /**
         * ClassCount
         * @description How many CIs of one class a run touched.
         */
        ClassCount: {
            /** Cls */
            cls: string;
            /** Created */
            created: number;
            /** Removed */
            removed: number;
            /** Updated */
            updated: number;
        };
        /**
         * ComparedOut
         * @description Before and after: what is now, or the scenario that it is compared with, and what is tried.
         *
         *     ``changes`` ends at 1,000 CIs, the worst first; ``changed`` counts them all.
         *
         *     ``faults_known`` is false for a time that is so long ago that what was broken then may be forgotten.
         */
        ComparedOut: {
            after: components["schemas"]["OutcomeOut"];
            before: components["schemas"]["OutcomeOut"];
            /** Changed */
            changed: number;
            /** Changes */
            changes: components["schemas"]["ChangeOut"][];
            /** Faults Known */
            faults_known: boolean;
            /** Maintained */
            maintained: components["schemas"]["CiRef"][];
            /** Points Of Failure */
            points_of_failure: components["schemas"]["PointsComparedOut"][];
            /** Revision */
            revision: number;
        };
        /**
         * CostOut
         * @description What a minute of the present state costs; ``currency`` as an ISO 4217 code where it is said.
         */
        CostOut: {
            /** Currency */
            currency: string | null;
            /** Per Minute */
            per_minute: number;
        };
        /**
         * CredentialIn
         * @description An SNMP credential: ``community`` for v2c, ``user`` and its secrets for v3. It is never given back.
         */
        CredentialIn: {
            auth?: components["schemas"]["AuthProtocol"] | null;
            /** Auth Secret */
            auth_secret?: string | null;
            /** Community */
            community?: string | null;
            /**
             * Kind
             * @enum {string}
             */
            kind: "v2c" | "v3";
            /** Name */
            name: string;
            priv?: components["schemas"]["PrivProtocol"] | null;
            /** Priv Secret */
            priv_secret?: string | null;
            /** User */
            user?: string | null;
        };
        /**
         * CredentialList
         * @description The names of all credentials.
         */
        CredentialList: {
            /** Items */
            items: components["schemas"]["CredentialOut"][];
        };
        /**
         * CredentialOut
         * @description That there is a credential; nothing of its secrets.
         */
        CredentialOut: {
            /**
             * Changed At
             * Format: date-time
             */
            changed_at: string;
            /** Kind */
            kind: string;
            /** Name */
            name: string;
        };
        /**
         * CutIn
         * @description A link that is cut: by its id, or all links between two devices.
         */
        CutIn: {
            /** Between */
            between?: [
                string,
                string
            ] | null;
            /** Link */
            link?: string | null;
        };
        /**
         * DepartmentCount
         * @description The people of one department who are hit.
         */
        DepartmentCount: {
            /** Cannot Work */
            cannot_work: number;
            department: components["schemas"]["CiRef"] | null;
            /** Limited */
            limited: number;
        };
        /**
         * DiscoveryRunList
         * @description The last 50 runs, the newest first.
         */
        DiscoveryRunList: {
            /** Items */
            items: components["schemas"]["DiscoveryRunOut"][];
        };
        /**
         * DiscoveryRunOut
         * @description One run: how far it is, and what it found. ``silent`` counts swept addresses at which nobody is known to be.
         */
        DiscoveryRunOut: {
            /** Asked */
            asked: number;
            /** By */
            by: string;
            /** Done */
            done: number;
            /** Ended At */
            ended_at: string | null;
            /** Error */
            error: string | null;
            /** Found */
            found: number;
            /** Id */
            id: string;
            /** Links */
            links: number;
            /** Phase */
            phase: string;
            /** Ranges */
            ranges: string[];
            result: components["schemas"]["RunOut"] | null;
            /** Silent */
            silent: number;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /**
             * State
             * @enum {string}
             */
            state: "running" | "done" | "failed" | "stopped";
            /** Total */
            total: number;
            /** Unreachable */
            unreachable: components["schemas"]["UnreachedOut"][];
        };
        /**
         * DoubledIn
         * @description A need beside which a second provider would stand: another CI, or without ``second`` a new one.
         */
        DoubledIn: {
            /** Dependent */
            dependent: string;
            /** Provider */
            provider: string;
            /** Second */
            second?: string | null;
        };
        /**
         * DoubleOut
         * @description A need beside which a second provider would have to stand.
         */
        DoubleOut: {
            dependent: components["schemas"]["CiRef"];
            provider: components["schemas"]["CiRef"];
        };
        /**
         * EstimateOut
         * @description People known as a number only, who stand beside those known by name and are never added to them.
         */
        EstimateOut: {
            /** Cannot Work */
            cannot_work: number;
            /** Limited */
            limited: number;
            /** Total */
            total: number;
        };
        /**
         * ExportedCi
         * @description A CI of the export.
         */
        ExportedCi: {
            /** Attributes */
            attributes: {
                [key: string]: unknown;
            };
            /** Cls */
            cls: string;
            /** Id */
            id: string;
            /** Name */
            name: string;
        };
        /**
         * ExportedRelation
         * @description A relation of the export; it points from the dependent to what it needs.
         */
        ExportedRelation: {
            /** Attributes */
            attributes: {
                [key: string]: unknown;
            };
            /** From */
            from: string;
            /** To */
            to: string;
            /** Type */
            type: string;
        };
        /**
         * FailIn
         * @description A CI that is to fail, a link too, and how badly.
         */
        FailIn: {
            /** Ci */
            ci: string;
            /**
             * Health
             * @default down
             * @enum {string}
             */
            health: "at_risk" | "degraded" | "down";
        };
        /**
         * FaultOut
         * @description A CI that is not ok by itself.
         */
        FaultOut: {
            ci: components["schemas"]["CiRef"];
            /**
             * Health
             * @enum {string}
             */
            health: "ok" | "at_risk" | "degraded" | "down" | "unknown";
        };
        /**
         * FieldError
         * @description One wrong field of a body or query: where, and what is wrong with it.
         */
        FieldError: {
            /** Field */
            field: string;
            /** Message */
            message: string;
        };
        /**
         * GraphExport
         * @description All CIs and relations at one revision.
         */
        GraphExport: {
            /** Cis */
            cis: components["schemas"]["ExportedCi"][];
            /** Relations */
            relations: components["schemas"]["ExportedRelation"][];
            /** Revision */
            revision: number;
        };
        /**
         * GroupOut
         * @description A department or team that uses what is hit: the worst that it meets, of what, and the path from the root to it.
         *
         *     ``head_count``: its people who are known as a number only; absent where all are known by name, or none.
         */
        GroupOut: {
            group: components["schemas"]["CiRef"];
            /** Head Count */
            head_count: number | null;
            /** Path */
            path: components["schemas"]["CiRef"][];
            /**
             * State
             * @enum {string}
             */
            state: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            /** Through */
            through: components["schemas"]["CiRef"][];
        };
        /**
         * GroupOutcomeOut
         * @description A department or team that uses what is hit, and the worst that it meets.
         */
        GroupOutcomeOut: {
            group: components["schemas"]["CiRef"];
            /**
             * State
             * @enum {string}
             */
            state: "ok" | "at_risk" | "degraded" | "down" | "unknown";
        };
        /**
         * HistoryList
         * @description The whole history of a CI, oldest first.
         */
        HistoryList: {
            /** Items */
            items: components["schemas"]["HistoryOut"][];
        };
        /**
         * HistoryOut
         * @description What one revision did to this CI or to one of its relations.
         */
        HistoryOut: {
            /** After */
            after?: unknown;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Before */
            before?: unknown;
            /** Reason */
            reason: string;
            /** Revision */
            revision: number;
            /** Source */
            source: string;
            /** What */
            what: string;
        };
        /**
         * ImpactMap
         * @description One question, answered by a sentence and a picture. A mark that stays never moves, unless the map is tidied.
         *
         *     ``strained``: wires that found no way upwards between the places that there were; tidying helps.
         */
        ImpactMap: {
            bounds: components["schemas"]["MapBounds"];
            /** Chain */
            chain: components["schemas"]["MapStep"][];
            /**
             * Direction
             * @enum {string}
             */
            direction: "up" | "down";
            /** Focus */
            focus: string | null;
            /** Ghosts */
            ghosts: components["schemas"]["MapGhost"][];
            /** Hops */
            hops: number | null;
            /** Marks */
            marks: components["schemas"]["MapMark"][];
            /**
             * Mode
             * @enum {string}
             */
            mode: "none" | "roots" | "full";
            /** Revision */
            revision: number;
            sentence: components["schemas"]["ReasonOut"];
            /** Strained */
            strained: number;
            sum: components["schemas"]["MapSum"];
            /** Undo */
            undo: boolean;
            /** Wires */
            wires: components["schemas"]["MapWire"][];
        };
        /**
         * IncidentCostOut
         * @description What the incident costs by the minute, and what its services have cost since it opened.
         */
        IncidentCostOut: {
            /** Currency */
            currency: string | null;
            /** Per Minute */
            per_minute: number;
            /** So Far */
            so_far: number;
        };
        /**
         * IncidentDetail
         * @description All that the page of an incident needs. Offerings, groups, stakeholders: while it lasts.
         */
        IncidentDetail: {
            /** Assignee */
            assignee: string | null;
            /** Cannot Work */
            cannot_work: number;
            /** Confirmed */
            confirmed: boolean;
            /** Costs */
            costs: components["schemas"]["IncidentCostOut"][];
            /** Duplicate Of */
            duplicate_of: number | null;
            /** Evidence */
            evidence: components["schemas"]["ReasonOut"][];
            /** Groups */
            groups: components["schemas"]["GroupOut"][];
            /** Held Notices */
            held_notices: number;
            /** Id */
            id: string;
            /** Limited */
            limited: number;
            /** Members */
            members: components["schemas"]["AlertOut"][];
            /** Notices */
            notices: components["schemas"]["NoticeOut"][];
            /** Number */
            number: number;
            /** Offerings */
            offerings: components["schemas"]["OfferingOut"][];
            /**
             * Opened At
             * Format: date-time
             */
            opened_at: string;
            people: components["schemas"]["PeopleOut"];
            /** Priority */
            priority: number;
            priority_reason: components["schemas"]["ReasonOut"];
            /** Proven */
            proven: boolean;
            /** Remedies */
            remedies: components["schemas"]["Remedy"][];
            /** Resolved At */
            resolved_at: string | null;
            root: components["schemas"]["CiRef"] | null;
            /** Services */
            services: components["schemas"]["ServiceOut"][];
            /** Services Hit */
            services_hit: number;
            /**
             * Severity
             * @enum {string}
             */
            severity: "info" | "warning" | "minor" | "major" | "critical";
            /** Situation Id */
            situation_id: string;
            /** Stakeholders */
            stakeholders: components["schemas"]["StakeholderOut"][];
            /**
             * State
             * @enum {string}
             */
            state: "open" | "acknowledged" | "in_progress" | "pending" | "resolved" | "closed";
            /** Timeline */
            timeline: components["schemas"]["TimelineOut"][];
            title: components["schemas"]["ReasonOut"];
            /** Unbound Resource */
            unbound_resource: string | null;
            /** Unbound Source */
            unbound_source: string | null;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Verbs */
            verbs: string[];
            worst_service: components["schemas"]["CiRef"] | null;
            /** Worst State */
            worst_state: ("ok" | "at_risk" | "degraded" | "down" | "unknown") | null;
        };
        /**
         * IncidentOut
         * @description One incident as the list shows it. ``priority`` is 1 (highest) to 5; people are counted once each.
         */
        IncidentOut: {
            /** Assignee */
            assignee: string | null;
            /** Cannot Work */
            cannot_work: number;
            /** Confirmed */
            confirmed: boolean;
            /** Duplicate Of */
            duplicate_of: number | null;
            /** Id */
            id: string;
            /** Limited */
            limited: number;
            /** Number */
            number: number;
            /**
             * Opened At
             * Format: date-time
             */
            opened_at: string;
            /** Priority */
            priority: number;
            /** Proven */
            proven: boolean;
            /** Resolved At */
            resolved_at: string | null;
            root: components["schemas"]["CiRef"] | null;
            /** Services Hit */
            services_hit: number;
            /**
             * Severity
             * @enum {string}
             */
            severity: "info" | "warning" | "minor" | "major" | "critical";
            /**
             * State
             * @enum {string}
             */
            state: "open" | "acknowledged" | "in_progress" | "pending" | "resolved" | "closed";
            title: components["schemas"]["ReasonOut"];
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            worst_service: components["schemas"]["CiRef"] | null;
            /** Worst State */
            worst_state: ("ok" | "at_risk" | "degraded" | "down" | "unknown") | null;
        };
        /**
         * LaidIn
         * @description A link that would join two devices.
         */
        LaidIn: {
            /** Between */
            between: [
                string,
                string
            ];
        };
        /**
         * MapBounds
         * @description The cells that are used. ``layer`` counts upwards, ``x`` to the right; both may be negative.
         */
        MapBounds: {
            /** Bottom */
            bottom: number;
            /** Left */
            left: number;
            /** Right */
            right: number;
            /** Top */
            top: number;
        };
        /**
         * MapCause
         * @description Why a CI is taken for a cause. ``share``: of its dependents that complain, if it is only suspected.
         */
        MapCause: {
            /** Confirmed */
            confirmed: boolean;
            /** Evidence */
            evidence: components["schemas"]["ReasonOut"][];
            /** Number */
            number: number;
            /** Share */
            share: number | null;
            /** Since */
            since: string | null;
        };
        /**
         * MapGate
         * @description Redundancy: one rule of the CI that reduces needs. Where it holds, ``stops`` ends here and ``goes_on`` goes on.
         *
         *     ``members`` ends at 24, those that are not up first; ``more`` says how many there are beside.
         */
        MapGate: {
            /**
             * Goes On
             * @enum {string}
             */
            goes_on: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            /** Group */
            group: string | null;
            measure: components["schemas"]["MapMeasure"] | null;
            /** Members */
            members: components["schemas"]["MapMember"][];
            /** More */
            more: number;
            /** Rule */
            rule: string;
            /**
             * Standing
             * @enum {string}
             */
            standing: "whole" | "holds" | "broken";
            /**
             * Stops
             * @enum {string}
             */
            stops: "ok" | "at_risk" | "degraded" | "down" | "unknown";
        };
        /**
         * MapGhost
         * @description A CI that was drawn here and left the map less than ten minutes ago.
         */
        MapGhost: {
            /** Cls */
            cls: string | null;
            /** Id */
            id: string;
            /** Layer */
            layer: number;
            /**
             * Lost At
             * Format: date-time
             */
            lost_at: string;
            /** Name */
            name: string;
            /** X */
            x: number;
        };
        /**
         * MapMark
         * @description What is drawn at one place: a CI, or a group of alike ones with their count and their split by state.
         *
         *     ``own`` and ``propagated`` are the worst of a group. ``via`` names what is responsible. ``shields``: how many of it
         *     hold because of redundancy. ``people``: how many of a department are hit.
         */
        MapMark: {
            /** Band */
            band: ("people" | "offering" | "service") | null;
            cause: components["schemas"]["MapCause"] | null;
            /** Classes */
            classes: {
                [key: string]: number;
            };
            /** Cls */
            cls: string | null;
            /** Count */
            count: number;
            /** Gates */
            gates: components["schemas"]["MapGate"][];
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "ci" | "group";
            /** Layer */
            layer: number;
            /** Name */
            name: string;
            /** On Chain */
            on_chain: boolean;
            /**
             * Own
             * @enum {string}
             */
            own: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            /** People */
            people: number;
            /** Pinned By */
            pinned_by: string | null;
            /**
             * Propagated
             * @enum {string}
             */
            propagated: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            /** Shields */
            shields: number;
            /** States */
            states: {
                [key: string]: number;
            };
            /** Via */
            via: string[];
            /** X */
            x: number;
        };
        /**
         * MapMeasure
         * @description What a rule counts: ``found`` of ``total`` is up, ``limit`` is needed; or is bad, and gives way at ``limit``.
         */
        MapMeasure: {
            /**
             * Counts
             * @enum {string}
             */
            counts: "up" | "bad";
            /** Found */
            found: number;
            /** Limit */
            limit: number;
            /** Total */
            total: number;
            /**
             * Unit
             * @enum {string}
             */
            unit: "count" | "percent" | "weight" | "weight_percent";
        };
        /**
         * MapMember
         * @description One need of a gate. ``state`` is what the dependent sees of it, ``up`` whether the rule counts it so.
         *
         *     ``mark``: its place in the list of marks, if it is drawn.
         */
        MapMember: {
            /** Id */
            id: string;
            /** Maintained */
            maintained: boolean;
            /** Mark */
            mark: number | null;
            /** Name */
            name: string;
            /**
             * State
             * @enum {string}
             */
            state: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            /** Up */
            up: boolean;
        };
        /**
         * MapStep
         * @description One step of the chain from the selected service down to a cause, with its reason.
         */
        MapStep: {
            ci: components["schemas"]["CiRef"];
            /** Mark */
            mark: number;
            /**
             * Own
             * @enum {string}
             */
            own: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            /**
             * Propagated
             * @enum {string}
             */
            propagated: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            reason: components["schemas"]["ReasonOut"] | null;
        };
        /**
         * MapSum
         * @description So many CIs in so many marks, none hidden; ``beyond``: CIs of the answer that are too far to be drawn at all.
         */
        MapSum: {
            /** Beyond */
            beyond: number;
            /** Cis */
            cis: number;
            /** Marks */
            marks: number;
        };
        /**
         * MapWire
         * @description ``from`` stands on ``to``: both are places in the list of marks. Impact runs the other way.
         *
         *     Parallel edges are one, with their ``count``. ``indirect``: what lies between is not drawn.
         */
        MapWire: {
            /** Count */
            count: number;
            /** From */
            from: number;
            /** Indirect */
            indirect: boolean;
            /** Kinds */
            kinds: string[];
            /** On Chain */
            on_chain: boolean;
            /** To */
            to: number;
        };
        /**
         * Me
         * @description Who stands behind this credential. ``csrf`` is set for console sessions.
         */
        Me: {
            /** Actor */
            actor: string;
            /** Csrf */
            csrf: string | null;
            /** Scopes */
            scopes: string[];
        };
        /**
         * NetworkPointOut
         * @description A device or link, and how many devices its failure alone would cut off from all anchors.
         */
        NetworkPointOut: {
            ci: components["schemas"]["CiRef"];
            /** Cuts Off */
            cuts_off: number;
        };
        /**
         * NetworkPointsOut
         * @description The single points of failure of the network; ``total`` may be more than are listed.
         */
        NetworkPointsOut: {
            /** Items */
            items: components["schemas"]["NetworkPointOut"][];
            /** Revision */
            revision: number;
            /** Total */
            total: number;
        };
        /**
         * NoticeOut
         * @description One message to one person, and what became of it.
         */
        NoticeOut: {
            /** Attempts */
            attempts: number;
            /** Channel */
            channel: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Happening */
            happening: string;
            /** Language */
            language: string | null;
            /** Last Error */
            last_error: string | null;
            /** Possibly Repeated */
            possibly_repeated: boolean;
            /** Role */
            role: string | null;
            /** Sent At */
            sent_at: string | null;
            /** Sequence */
            sequence: number;
            stakeholder: components["schemas"]["CiRef"];
            /**
             * State
             * @enum {string}
             */
            state: "waiting" | "sending" | "sent" | "refused" | "held" | "superseded";
            /** Subject */
            subject: string | null;
        };
        /**
         * ObservationOut
         * @description What one source said about this CI.
         */
        ObservationOut: {
            /** Cls */
            cls: string;
            /** Name */
            name: string;
            /** Native Key */
            native_key: string;
            /**
             * Observed At
             * Format: date-time
             */
            observed_at: string;
            /** Source */
            source: string;
            /** Values */
            values: components["schemas"]["ObservedValue"][];
        };
        /**
         * ObservedValue
         * @description What one source said of one attribute; ``won`` when it is the CI's present value.
         */
        ObservedValue: {
            /** Name */
            name: string;
            /** Value */
            value: unknown;
            /** Won */
            won: boolean;
        };
        /**
         * OfferingOut
         * @description An offering that is not ok, the services that it is part of, and the path from the root to it.
         */
        OfferingOut: {
            cost: components["schemas"]["CostOut"] | null;
            offering: components["schemas"]["CiRef"];
            /** Path */
            path: components["schemas"]["CiRef"][];
            /** Services */
            services: components["schemas"]["CiRef"][];
            /**
             * State
             * @enum {string}
             */
            state: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            /** Tier */
            tier: number;
        };
        /**
         * OutcomeOut
         * @description What it comes to; people count once each. ``stakeholders`` ends at 1,000, ``concerned`` counts the people.
         */
        OutcomeOut: {
            /** Cannot Work */
            cannot_work: number;
            /** Concerned */
            concerned: number;
            /** Costs */
            costs: components["schemas"]["CostOut"][];
            estimate: components["schemas"]["EstimateOut"] | null;
            /** Groups */
            groups: components["schemas"]["GroupOutcomeOut"][];
            /** Limited */
            limited: number;
            /** People Total */
            people_total: number;
            /** Services */
            services: components["schemas"]["ServiceOutcomeOut"][];
            /** Stakeholders */
            stakeholders: components["schemas"]["StakeholderOut"][];
            /** Vips */
            vips: components["schemas"]["VipOut"][];
        };
        /** Page[AlertOut] */
        Page_AlertOut_: {
            /** Items */
            items: components["schemas"]["AlertOut"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[AuditOut] */
        Page_AuditOut_: {
            /** Items */
            items: components["schemas"]["AuditOut"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[CiOut] */
        Page_CiOut_: {
            /** Items */
            items: components["schemas"]["CiOut"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[IncidentOut] */
        Page_IncidentOut_: {
            /** Items */
            items: components["schemas"]["IncidentOut"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[SetAsideOut] */
        Page_SetAsideOut_: {
            /** Items */
            items: components["schemas"]["SetAsideOut"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /**
         * PeopleOut
         * @description Who is hit, each once, at their worst state. ``items`` ends at 1,000 people; the counts never do.
         */
        PeopleOut: {
            /** Cannot Work */
            cannot_work: number;
            /** Departments */
            departments: components["schemas"]["DepartmentCount"][];
            estimate: components["schemas"]["EstimateOut"] | null;
            /** Items */
            items: components["schemas"]["PersonOut"][];
            /** Limited */
            limited: number;
            /** Total */
            total: number | null;
            /** Vips */
            vips: components["schemas"]["VipOut"][];
        };
        /**
         * PersonOut
         * @description One person who is hit. ``state``: ``down`` cannot work, ``degraded`` is limited.
         */
        PersonOut: {
            department: components["schemas"]["CiRef"] | null;
            person: components["schemas"]["CiRef"];
            /**
             * State
             * @enum {string}
             */
            state: "down" | "degraded";
        };
        /**
         * PinIn
         * @description Which CI to pin, to which place.
         */
        PinIn: {
            /** Ci */
            ci: string;
            /** Layer */
            layer: number;
            /** X */
            x: number;
        };
        /**
         * PointOfFailureOut
         * @description A CI whose failure alone brings the service down. ``double`` is empty where only a second way would help.
         */
        PointOfFailureOut: {
            ci: components["schemas"]["CiRef"];
            /** Double */
            double: components["schemas"]["DoubleOut"][];
            /** Path */
            path: components["schemas"]["CiRef"][];
        };
        /**
         * PointsComparedOut
         * @description The single points of failure of a CI, before and after.
         */
        PointsComparedOut: {
            /** After */
            after: components["schemas"]["CiRef"][];
            /** Before */
            before: components["schemas"]["CiRef"][];
            ci: components["schemas"]["CiRef"];
        };
        /**
         * PointsOfFailureOut
         * @description All of them, the nearest first.
         */
        PointsOfFailureOut: {
            ci: components["schemas"]["CiRef"];
            /** Points */
            points: components["schemas"]["PointOfFailureOut"][];
            /** Revision */
            revision: number;
        };
        /**
         * PrivProtocol
         * @description How a v3 message is encrypted. DES: RFC 3414; AES128: RFC 3826; the longer ones: Blumenthal's draft.
         * @enum {string}
         */
        PrivProtocol: "DES" | "AES" | "AES-192" | "AES-256";
        /**
         * Problem
         * @description An RFC 9457 problem document. ``code`` is stable; ``detail`` is for people.
         */
        Problem: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /**
             * Errors
             * @default []
             */
            errors: components["schemas"]["FieldError"][];
            /** Remedy */
            remedy?: string | null;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /**
             * Type
             * @example urn:faultpath:problem:not_found
             */
            type: string;
        };
        /**
         * RangeIn
         * @description A range to declare: ``10.0.0.0/24``, ``10.0.0.7:1161``, ``127.0.0.1:20000-20100``, ``[2001:db8::/120]:161``.
         */
        RangeIn: {
            /**
             * Allow V2C
             * @default false
             */
            allow_v2c: boolean;
            /** Credentials */
            credentials?: string[];
            /** Excluded */
            excluded?: string[];
            /** Range */
            range: string;
            /**
             * Swept
             * @default true
             */
            swept: boolean;
        };
        /**
         * RangeList
         * @description All declared ranges.
         */
        RangeList: {
            /** Items */
            items: components["schemas"]["RangeOut"][];
        };
        /**
         * RangeOut
         * @description A declared range.
         */
        RangeOut: {
            /**
             * Allow V2C
             * @default false
             */
            allow_v2c: boolean;
            /** Credentials */
            credentials?: string[];
            /** Excluded */
            excluded?: string[];
            /** Id */
            id: string;
            /** Range */
            range: string;
            /**
             * Swept
             * @default true
             */
            swept: boolean;
        };
        /**
         * RankedOut
         * @description What one CI's failure alone would do. ``by_priority``: how many services at P1 to P5.
         */
        RankedOut: {
            /** By Priority */
            by_priority: number[];
            /** Cannot Work */
            cannot_work: number;
            ci: components["schemas"]["CiRef"];
            /** Limited */
            limited: number;
            /** Services */
            services: components["schemas"]["RankedServiceOut"][];
        };
        /**
         * RankedServiceOut
         * @description A service that the failure would hit.
         */
        RankedServiceOut: {
            service: components["schemas"]["CiRef"];
            /**
             * State
             * @enum {string}
             */
            state: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            /** Tier */
            tier: number;
        };
        /**
         * RankingOut
         * @description The gravest first; CIs whose failure would hurt no service are left out.
         */
        RankingOut: {
            /** Items */
            items: components["schemas"]["RankedOut"][];
            /** Revision */
            revision: number;
        };
        /**
         * Ready
         * @description Whether all parts are there. ``away`` says, by part, why one is not; intake goes on all the same.
         */
        Ready: {
            /** Away */
            away: {
                [key: string]: string;
            };
            /** Ready */
            ready: boolean;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /** Version */
            version: string;
            /** Warnings */
            warnings: string[];
            /** Workers */
            workers: components["schemas"]["WorkerOut"][];
        };
        /**
         * ReasonOut
         * @description Why: a code with arguments, to be rendered in the reader's language. ``names`` names the CI ids among them.
         */
        ReasonOut: {
            /** Args */
            args: {
                [key: string]: string | number | boolean | string[];
            };
            /** Code */
            code: string;
            /** Names */
            names: {
                [key: string]: string;
            };
        };
        /**
         * RelationOut
         * @description One relation of this CI; ``outgoing`` when it starts here.
         */
        RelationOut: {
            /** Attributes */
            attributes: {
                [key: string]: unknown;
            };
            other: components["schemas"]["CiRef"];
            /** Outgoing */
            outgoing: boolean;
            /** Type */
            type: string;
        };
        /**
         * Released
         * @description How many held notices were let go.
         */
        Released: {
            /** Released */
            released: number;
        };
        /**
         * Remedy
         * @description What a fault-code catalogue says of a member's fault, by language.
         */
        Remedy: {
            /** Alert */
            alert: string;
            /** Code */
            code: string | null;
            /** Document */
            document: string | null;
            /** Meaning */
            meaning: {
                [key: string]: string;
            };
            /** Remedy */
            remedy: {
                [key: string]: string;
            };
            /** Section */
            section: string | null;
        };
        /**
         * Replayed
         * @description How many messages were put into the inbox again. What is still wrong is set aside again.
         */
        Replayed: {
            /** Messages */
            messages: number;
        };
        /**
         * ReplayIn
         * @description What to replay: these numbers, or all that wait (of one reason).
         */
        ReplayIn: {
            /** Numbers */
            numbers?: number[];
            /** Reason */
            reason?: string | null;
        };
        /**
         * RevisionOut
         * @description The revision that the hub works with, and the newest one of the store.
         */
        RevisionOut: {
            /** Cis */
            cis: number;
            /** Relations */
            relations: number;
            /** Revision */
            revision: number;
            /** Stored */
            stored: number;
        };
        /**
         * RunIn
         * @description What to discover: these declared ranges, or all when none is named.
         */
        RunIn: {
            /** Ranges */
            ranges?: string[];
        };
        /**
         * RunOut
         * @description What a run did to the graph, or would do. ``notes`` say what was not taken, and why; 200 at most.
         */
        RunOut: {
            /** Applied */
            applied: boolean;
            /** Classes */
            classes: components["schemas"]["ClassCount"][];
            /** Contested */
            contested: number;
            /** Created */
            created: number;
            /** Findings */
            findings: number;
            /** Notes */
            notes: string[];
            /** Parked */
            parked: number;
            /** Relations Put */
            relations_put: number;
            /** Relations Removed */
            relations_removed: number;
            /** Removed */
            removed: number;
            /** Revision */
            revision: number;
            /** Unchanged */
            unchanged: number;
            /** Updated */
            updated: number;
        };
        /**
         * ScenarioIn
         * @description What is tried, over the faults that there are: CIs by id.
         *
         *     ``sites``: all that stands in them fails. ``whole_maintenance``: services and other CIs go into maintenance with all
         *     that nothing else stands on, sites with all that stands in them. ``double``, ``add_links``: redundancy that there is
         *     not yet.
         */
        ScenarioIn: {
            /** Add Links */
            add_links?: components["schemas"]["LaidIn"][];
            /** Cut */
            cut?: components["schemas"]["CutIn"][];
            /** Double */
            double?: components["schemas"]["DoubledIn"][];
            /** Fail */
            fail?: components["schemas"]["FailIn"][];
            /** Maintenance */
            maintenance?: string[];
            /** Restore */
            restore?: string[];
            /** Sites */
            sites?: string[];
            /** Whole Maintenance */
            whole_maintenance?: string[];
        };
        /**
         * ServiceOut
         * @description A business service that is hit, or an offering that is worse than its services; the path from the root to it.
         *
         *     ``cost`` and ``sla``: where given for it, else null.
         */
        ServiceOut: {
            cost: components["schemas"]["CostOut"] | null;
            /** Path */
            path: components["schemas"]["CiRef"][];
            reason: components["schemas"]["ReasonOut"];
            service: components["schemas"]["CiRef"];
            /** Sites Down */
            sites_down: components["schemas"]["CiRef"][];
            sla: components["schemas"]["SlaOut"] | null;
            /**
             * State
             * @enum {string}
             */
            state: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            /** Tier */
            tier: number;
        };
        /**
         * ServiceOutcomeOut
         * @description A service that is not ok, and the way from it down to a cause. ``cost`` and ``sla``: where given, else null.
         */
        ServiceOutcomeOut: {
            cost: components["schemas"]["CostOut"] | null;
            /** Path */
            path: components["schemas"]["CiRef"][];
            service: components["schemas"]["CiRef"];
            sla: components["schemas"]["SlaOut"] | null;
            /**
             * State
             * @enum {string}
             */
            state: "ok" | "at_risk" | "degraded" | "down" | "unknown";
            /** Tier */
            tier: number;
        };
        /**
         * SetAsideOut
         * @description One item that was not used. ``raw`` is what the sender wrote, cut at 20,000 characters.
         *
         *     ``quarantined``: it was read, and is not allowed or not mapped; ``rejected``: it could not be read.
         */
        SetAsideOut: {
            /** Item */
            item: number;
            /** Kind */
            kind: string;
            /** Number */
            number: number;
            /** Raw */
            raw: string;
            reason: components["schemas"]["ReasonOut"];
            /**
             * Received At
             * Format: date-time
             */
            received_at: string;
            /** Replayed At */
            replayed_at: string | null;
            /** Source */
            source: string;
            /**
             * State
             * @enum {string}
             */
            state: "quarantined" | "rejected";
        };
        /**
         * SetUp
         * @description The first administrator, and the one-time token from the file that the hub wrote at its start.
         */
        SetUp: {
            /** Name */
            name: string;
            /** Password */
            password: string;
            /** Token */
            token: string;
        };
        /**
         * SignedIn
         * @description A console session. ``csrf`` must come back as ``X-CSRF-Token`` with every act.
         */
        SignedIn: {
            /** Csrf */
            csrf: string;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Scopes */
            scopes: string[];
            /** User */
            user: string;
        };
        /**
         * SignIn
         * @description Name and password of a console user.
         */
        SignIn: {
            /** Name */
            name: string;
            /** Password */
            password: string;
        };
        /**
         * SlaOut
         * @description The minutes of a calendar month that a service may be down in its hours, was down, and has left.
         */
        SlaOut: {
            /** Allowed Minutes */
            allowed_minutes: number;
            /** Left Minutes */
            left_minutes: number;
            /** Month */
            month: string;
            /** Used Minutes */
            used_minutes: number;
        };
        /**
         * SourceList
         * @description All sources that were heard of, and those that have a token and were not heard yet.
         */
        SourceList: {
            /** Inbox Waiting */
            inbox_waiting: number;
            /** Items */
            items: components["schemas"]["SourceOut"][];
        };
        /**
         * SourceOut
         * @description One source instance. Messages are counted over the last 100,000 of all sources.
         *
         *     ``tokens``: how many usable tokens may post for it. ``set_aside``: items of it that wait in quarantine.
         */
        SourceOut: {
            /** Kind */
            kind: string;
            /** Last Received */
            last_received: string | null;
            /** Messages */
            messages: number;
            /** Set Aside */
            set_aside: number;
            /** Source */
            source: string;
            /** Tokens */
            tokens: number;
        };
        /**
         * StakeholderOut
         * @description Whom it concerns, in which role, and the path from what is broken to them.
         */
        StakeholderOut: {
            /** Because */
            because: components["schemas"]["CiRef"][];
            /** Path */
            path: components["schemas"]["CiRef"][];
            person: components["schemas"]["CiRef"];
            /** Role */
            role: string;
            /**
             * State
             * @enum {string}
             */
            state: "ok" | "at_risk" | "degraded" | "down" | "unknown";
        };
        /**
         * TidyIn
         * @description Lay it out anew, for everybody; or take the last time back.
         */
        TidyIn: {
            /**
             * Undo
             * @default false
             */
            undo: boolean;
        };
        /**
         * TimelineOut
         * @description One thing that anyone or anything did to the incident.
         */
        TimelineOut: {
            /** Actor */
            actor: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Position */
            position: number;
            what: components["schemas"]["ReasonOut"];
        };
        /**
         * TokenList
         * @description All tokens, revoked ones too.
         */
        TokenList: {
            /** Items */
            items: components["schemas"]["TokenOut"][];
        };
        /**
         * TokenMade
         * @description A token that was just made. ``secret`` is shown this once and kept nowhere.
         */
        TokenMade: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /** Expires At */
            expires_at: string | null;
            /** Id */
            id: string;
            /** Last Used At */
            last_used_at: string | null;
            /** Name */
            name: string;
            /** Revoked At */
            revoked_at: string | null;
            /** Scopes */
            scopes: string[];
            /** Secret */
            secret: string;
        };
        /**
         * TokenNew
         * @description A token to make. Scopes: ``read``, ``write``, ``admin``, ``intake:<source>``.
         */
        TokenNew: {
            /** Expires In Days */
            expires_in_days?: number | null;
            /** Name */
            name: string;
            /** Scopes */
            scopes: string[];
        };
        /**
         * TokenOut
         * @description A token without its secret.
         */
        TokenOut: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Created By */
            created_by: string;
            /** Expires At */
            expires_at: string | null;
            /** Id */
            id: string;
            /** Last Used At */
            last_used_at: string | null;
            /** Name */
            name: string;
            /** Revoked At */
            revoked_at: string | null;
            /** Scopes */
            scopes: string[];
        };
        /**
         * UnreachedOut
         * @description Somebody of whom we know and whom we could not read. ``name`` is what others call it, or empty.
         *
         *     Codes of ``reason``: timeout, refused, agent_error, no_credential, outside_ranges, no_address, partly_read.
         */
        UnreachedOut: {
            /** Address */
            address: string;
            /** Name */
            name: string;
            reason: components["schemas"]["ReasonOut"];
        };
        /**
         * VipOut
         * @description One who must always be able to work. ``state``: ``down`` cannot work, ``degraded`` is limited.
         */
        VipOut: {
            person: components["schemas"]["CiRef"];
            /**
             * State
             * @enum {string}
             */
            state: "down" | "degraded";
        };
        /**
         * WhatIf
         * @description What the failure of this CI alone would do, and whom it would concern. Nothing is stored.
         *
         *     ``stakeholders`` ends at 1,000, users last; ``concerned`` counts the people.
         */
        WhatIf: {
            /** Cannot Work */
            cannot_work: number;
            ci: components["schemas"]["CiRef"];
            /** Concerned */
            concerned: number;
            /** Costs */
            costs: components["schemas"]["CostOut"][];
            estimate: components["schemas"]["EstimateOut"] | null;
            /** Groups */
            groups: components["schemas"]["GroupOut"][];
            /** Limited */
            limited: number;
            /** Offerings */
            offerings: components["schemas"]["OfferingOut"][];
            /** People Total */
            people_total: number;
            /** Revision */
            revision: number;
            /** Services */
            services: components["schemas"]["ServiceOut"][];
            /** Stakeholders */
            stakeholders: components["schemas"]["StakeholderOut"][];
            /** Vip Cannot Work */
            vip_cannot_work: boolean;
            /** Vips */
            vips: components["schemas"]["VipOut"][];
        };
        /**
         * WhatIfIn
         * @description What is tried, beside what is now or beside another scenario.
         *
         *     ``points_of``: services or other CIs of which the single points of failure are compared, too.
         */
        WhatIfIn: {
            /** Add Links */
            add_links?: components["schemas"]["LaidIn"][];
            against?: components["schemas"]["ScenarioIn"] | null;
            /** Cut */
            cut?: components["schemas"]["CutIn"][];
            /** Double */
            double?: components["schemas"]["DoubledIn"][];
            /** Fail */
            fail?: components["schemas"]["FailIn"][];
            /** Maintenance */
            maintenance?: string[];
            /** Points Of */
            points_of?: string[];
            /** Restore */
            restore?: string[];
            /** Sites */
            sites?: string[];
            /** Whole Maintenance */
            whole_maintenance?: string[];
        };
        /**
         * WorkerOut
         * @description One worker under the supervisor.
         */
        WorkerOut: {
            /** Error */
            error: string | null;
            /** Name */
            name: string;
            /** Restarts */
            restarts: number;
            /** Running */
            running: boolean;
            /** Since */
            since: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_alerts: {
        parameters: {
            query?: {
                /** @description only with, or only without, a CI */
                bound?: boolean | null;
                /** @description only of this CI */
                ci?: string | null;
                /** @description `next_cursor` of the page before; none for the first page */
                cursor?: string | null;
                /** @description how many items at most */
                limit?: number;
                /** @description at least this severe */
                severity?: ("info" | "warning" | "minor" | "major" | "critical") | null;
                source?: string | null;
                state?: ("active" | "cleared") | null;
                /** @description part of check or resource */
                text?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AlertOut_"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    get_alert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertOut"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    get_assessment: {
        parameters: {
            query?: {
                at?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssessmentOut"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    list_acts: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; none for the first page */
                cursor?: string | null;
                /** @description how many items at most */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AuditOut_"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    list_cis: {
        parameters: {
            query?: {
                /** @description a class; subclasses count */
                class?: string | null;
                /** @description `next_cursor` of the page before; none for the first page */
                cursor?: string | null;
                /** @description how many items at most */
                limit?: number;
                /** @description part of the name, or the id */
                query?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_CiOut_"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    get_ci: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                ci_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CiDetail"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    get_affected: {
        parameters: {
            query?: {
                at?: string | null;
                /** @description `next_cursor` of the page before; none for the first page */
                cursor?: string | null;
                /** @description how many items at most */
                limit?: number;
            };
            header?: never;
            path: {
                ci_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AffectedOut"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    get_history: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                ci_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryList"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    get_impact: {
        parameters: {
            query?: {
                at?: string | null;
            };
            header?: never;
            path: {
                ci_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhatIf"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    get_ci_map: {
        parameters: {
            query?: {
                at?: string | null;
                /** @description up: who is hurt by it; down: what it stands on */
                direction?: "up" | "down";
                /** @description false: each CI by itself */
                grouped?: boolean;
                /** @description how far; as far as it goes if unsaid */
                hops?: number | null;
                /** @description which causes outside of what is drawn are added */
                mode?: "none" | "roots" | "full";
                /** @description a CI whose chain down to a cause is wanted */
                service?: string | null;
            };
            header?: never;
            path: {
                ci_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImpactMap"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    pin_on_ci_map: {
        parameters: {
            query?: {
                /** @description up: who is hurt by it; down: what it stands on */
                direction?: "up" | "down";
                /** @description false: each CI by itself */
                grouped?: boolean;
                /** @description how far; as far as it goes if unsaid */
                hops?: number | null;
                /** @description which causes outside of what is drawn are added */
                mode?: "none" | "roots" | "full";
                /** @description a CI whose chain down to a cause is wanted */
                service?: string | null;
            };
            header?: never;
            path: {
                ci_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PinIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    unpin_on_ci_map: {
        parameters: {
            query?: {
                /** @description up: who is hurt by it; down: what it stands on */
                direction?: "up" | "down";
                /** @description false: each CI by itself */
                grouped?: boolean;
                /** @description how far; as far as it goes if unsaid */
                hops?: number | null;
                /** @description which causes outside of what is drawn are added */
                mode?: "none" | "roots" | "full";
                /** @description a CI whose chain down to a cause is wanted */
                service?: string | null;
            };
            header?: never;
            path: {
                ci_id: string;
                pinned: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    tidy_ci_map: {
        parameters: {
            query?: {
                /** @description up: who is hurt by it; down: what it stands on */
                direction?: "up" | "down";
                /** @description false: each CI by itself */
                grouped?: boolean;
                /** @description how far; as far as it goes if unsaid */
                hops?: number | null;
                /** @description which causes outside of what is drawn are added */
                mode?: "none" | "roots" | "full";
                /** @description a CI whose chain down to a cause is wanted */
                service?: string | null;
            };
            header?: never;
            path: {
                ci_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TidyIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImpactMap"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    get_points_of_failure: {
        parameters: {
            query?: {
                at?: string | null;
            };
            header?: never;
            path: {
                ci_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PointsOfFailureOut"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    list_credentials: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialList"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    put_credential: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CredentialIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    remove_credential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    list_ranges: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RangeList"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    declare_range: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RangeIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RangeOut"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    withdraw_range: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                range_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    list_runs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiscoveryRunList"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    start_run: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiscoveryRunOut"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    get_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiscoveryRunOut"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    export_graph: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GraphExport"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    get_revision: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevisionOut"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    import_model: {
        parameters: {
            query?: {
                /** @description go on although a large share of what the source used to name is gone */
                agree_vanishing?: boolean;
                /** @description say what would change, and change nothing */
                dry_run?: boolean;
                /** @description the file's name, for messages */
                file?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/yaml": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunOut"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Request Entity Too Large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    list_incidents: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; none for the first page */
                cursor?: string | null;
                /** @description how many items at most */
                limit?: number;
                /** @description only these states; all when none is named */
                state?: ("open" | "acknowledged" | "in_progress" | "pending" | "resolved" | "closed")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_IncidentOut_"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    get_incident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentDetail"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    act_on_incident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentDetail"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    get_incident_map: {
        parameters: {
            query?: {
                /** @description false: each CI by itself */
                grouped?: boolean;
                /** @description which causes outside of what is drawn are added */
                mode?: "none" | "roots" | "full";
                /** @description a CI whose chain down to a cause is wanted */
                service?: string | null;
            };
            header?: never;
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImpactMap"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    pin_on_incident_map: {
        parameters: {
            query?: {
                /** @description false: each CI by itself */
                grouped?: boolean;
                /** @description which causes outside of what is drawn are added */
                mode?: "none" | "roots" | "full";
                /** @description a CI whose chain down to a cause is wanted */
                service?: string | null;
            };
            header?: never;
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PinIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    unpin_on_incident_map: {
        parameters: {
            query?: {
                /** @description false: each CI by itself */
                grouped?: boolean;
                /** @description which causes outside of what is drawn are added */
                mode?: "none" | "roots" | "full";
                /** @description a CI whose chain down to a cause is wanted */
                service?: string | null;
            };
            header?: never;
            path: {
                number: number;
                pinned: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    tidy_incident_map: {
        parameters: {
            query?: {
                /** @description false: each CI by itself */
                grouped?: boolean;
                /** @description which causes outside of what is drawn are added */
                mode?: "none" | "roots" | "full";
                /** @description a CI whose chain down to a cause is wanted */
                service?: string | null;
            };
            header?: never;
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TidyIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImpactMap"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    release_notices: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Released"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    intake_alertmanager: {
        parameters: {
            query?: {
                /** @description which source, for a token with several intake scopes */
                source?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Committed to disk. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is not JSON; it is kept as rejected. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A token is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token has no intake scope for this source. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A field of the envelope is wrong; the body is kept as rejected. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More waits than may wait; come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The ledger cannot be written; nothing was kept. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    intake_native: {
        parameters: {
            query?: {
                /** @description which source, for a token with several intake scopes */
                source?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Committed to disk. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The body is not JSON; it is kept as rejected. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A token is needed. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The token has no intake scope for this source. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The content type is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A field of the envelope is wrong; the body is kept as rejected. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description More waits than may wait; come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The ledger cannot be written; nothing was kept. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    get_points_of_the_network: {
        parameters: {
            query?: {
                at?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkPointsOut"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    list_quarantine: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before; none for the first page */
                cursor?: string | null;
                /** @description how many items at most */
                limit?: number;
                /** @description only of this reason code */
                reason?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_SetAsideOut_"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    replay: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Replayed"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    get_ranking: {
        parameters: {
            query?: {
                at?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RankingOut"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    set_up: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetUp"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    list_sources: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceList"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    stream: {
        parameters: {
            query?: never;
            header?: {
                "last-event-id"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events until the client hangs up. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    list_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenList"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    create_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenNew"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenMade"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    revoke_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    what_if: {
        parameters: {
            query?: {
                at?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WhatIfIn"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComparedOut"];
                };
            };
            /** @description The request is wrong */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A credential is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description This credential may not do that */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description There is no such thing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description It is not in a state that allows this */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description The body is malformed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
            /** @description A part of the hub is away */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                    "application/problem+json": unknown;
                };
            };
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
        };
    };
}
