-- How an indicator stands on a day: its value, its progress, and whether it is on track.
--
-- These functions are the only place where that is computed; every endpoint, report and file calls
-- them. A published figure names the algorithm it was made with, so "standing-1" is never edited
-- once released: a change of a rule is a new set of functions beside this one.
--
-- Numbers leave as decimal strings without trailing zeros, so that no reader passes them through a
-- float. Quotients are taken to 40 places before they are rounded to 4: at the 16 significant
-- digits that "/" keeps by itself, a value just below a half would be rounded twice.


-- Progress: (actual - baseline) / (target - baseline), not clamped, or a state in place of the
-- number. The first that applies:
--
--   no_baseline                 the indicator was never given a starting point
--   no_target                   nor an end (an indicator to maintain needs none)
--   no_measurement              there is no measured value; zero would be one
--   within_tolerance            to maintain: |actual - baseline| <= tolerance * |baseline|
--   outside_tolerance           ... a fraction of 0 is 0: around baseline 0 only 0 is within
--   achieved_at_baseline        the target is the baseline, and by direction it is still met
--   not_achieved_at_baseline    ... or was lost
--   measured                    the number
--
-- What is missing from the indicator itself comes before what is missing from its measurements:
-- measuring more would not help.
CREATE FUNCTION iap_progress_v1(
    direction text, tolerance numeric, baseline numeric, target numeric, actual numeric
) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN baseline IS NULL THEN jsonb '{"state": "no_baseline", "value": null}'
    WHEN target IS NULL AND direction <> 'maintain' THEN jsonb '{"state": "no_target", "value": null}'
    WHEN actual IS NULL THEN jsonb '{"state": "no_measurement", "value": null}'
    WHEN direction = 'maintain' THEN
        CASE WHEN abs(actual - baseline) <= tolerance * abs(baseline)
            THEN jsonb '{"state": "within_tolerance", "value": null}'
            ELSE jsonb '{"state": "outside_tolerance", "value": null}'
        END
    WHEN target = baseline THEN
        CASE WHEN CASE direction WHEN 'decrease' THEN actual <= target ELSE actual >= target END
            THEN jsonb '{"state": "achieved_at_baseline", "value": null}'
            ELSE jsonb '{"state": "not_achieved_at_baseline", "value": null}'
        END
    ELSE jsonb_build_object(
        'state', 'measured',
        'value', trim_scale(round(round(actual - baseline, 40) / (target - baseline), 4))::text
    )
END;


-- The value due on a day: that of the target once its date has come; before, the straight line to
-- it from the baseline. Null when no line can be drawn: the baseline has no date, or a later one.
-- A target dated on or before the baseline is never divided by: it has come before the line begins.
CREATE FUNCTION iap_due_v1(
    baseline numeric, baseline_on date, target numeric, target_on date, as_of date
) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN target_on <= as_of THEN target
    WHEN baseline_on <= as_of THEN
        baseline + round((target - baseline) * (as_of - baseline_on), 40) / (target_on - baseline_on)
END;


-- A difference, positive when it is for the better.
CREATE FUNCTION iap_gain_v1(direction text, difference numeric)
RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN difference * CASE direction WHEN 'decrease' THEN -1 ELSE 1 END;


-- On track: the value beside the value due now. `target` is the one to judge by, that is the last
-- whose date has come or else the next; `due_on` is its date and `due` what it asks for now, by
-- iap_due_v1; `final_target` is the last of all. The first that applies:
--
--   no_baseline, no_target      as in progress
--   target_against_direction    the final target lies on the wrong side of the baseline: direction
--                               or target is a mistake, and either verdict would be a guess
--   no_data                     there is no measured value; that is never "behind"
--   on_track, behind            to maintain: inside the band of tolerance, or off it on either side
--   achieved                    the final target is met, be it early
--   not_due                     nothing is due yet: no target's date has come, and no line leads there
--   on_track                    within 15 % of the way from baseline to target, the edges included;
--                               of no way (a target that equals the baseline) that is 0
--   ahead, behind               outside, on the better or the worse side
--
-- What is due, and the date of the target judged by, are told in every state that has them.
CREATE FUNCTION iap_track_v1(
    direction text, tolerance numeric, baseline numeric, target numeric, final_target numeric,
    actual numeric, due numeric, due_on date
) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object(
    'state', CASE
        WHEN baseline IS NULL THEN 'no_baseline'
        WHEN direction = 'maintain' THEN CASE
            WHEN actual IS NULL THEN 'no_data'
            WHEN abs(actual - baseline) <= tolerance * abs(baseline) THEN 'on_track'
            ELSE 'behind'
        END
        WHEN target IS NULL THEN 'no_target'
        WHEN iap_gain_v1(direction, final_target - baseline) < 0 THEN 'target_against_direction'
        WHEN actual IS NULL THEN 'no_data'
        WHEN iap_gain_v1(direction, actual - final_target) >= 0 THEN 'achieved'
        WHEN due IS NULL THEN 'not_due'
        WHEN abs(actual - due) <= 0.15 * abs(target - baseline) THEN 'on_track'
        WHEN iap_gain_v1(direction, actual - due) > 0 THEN 'ahead'
        ELSE 'behind'
    END,
    'due_value', trim_scale(round(CASE direction WHEN 'maintain' THEN baseline ELSE due END, 4))::text,
    'due_on', due_on
);


-- The entries that count on a day: measured until then, and not superseded. An entry is superseded by
-- any other of its indicator that says so, whatever the date of that one.
-- A correction takes the date of what it corrects, so a late correction of an earlier period leaves
-- the later running total as stated.
--
-- The city goes along because it leads every index. The columns are named one by one: a row type
-- would break here when the table gets another column.
CREATE FUNCTION iap_entries_v1(city uuid, indicator uuid, as_of date)
RETURNS TABLE (
    id uuid, measured_on date, value numeric, numerator numeric, denominator numeric,
    measured boolean, reason text, quality text, provenance text
) LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT
        m.id, m.measured_on, m.value, m.numerator, m.denominator,
        m.not_measured_reason = '', m.not_measured_reason, m.quality,
        CASE WHEN 'value' = ANY(m.illustrative_fields) THEN 'illustrative' ELSE m.provenance END
    FROM plans_measurement AS m
    WHERE m.city_id = city AND m.indicator_id = indicator AND m.measured_on <= as_of
        AND NOT EXISTS (
            SELECT FROM plans_measurement AS later
            WHERE later.city_id = city AND later.supersedes_id = m.id
        );
END;


-- A percentage of its parts; null of nothing.
CREATE FUNCTION iap_percentage_v1(numerator numeric, denominator numeric)
RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(round(100 * numerator, 40) / nullif(denominator, 0), 4);


-- The less it can be trusted, the smaller.
CREATE FUNCTION iap_trust_v1(provenance text)
RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_position(ARRAY['illustrative', 'derived', 'reported', 'published'], provenance);


-- What the entries of an indicator come to, in one row, or in none when nothing was entered.
--
-- level, running_total: the latest entry. When that one was not measured, neither is the value: an
--     older number is not passed off as today's.
-- per_period: the measured entries added up, numerators and denominators each by themselves. Date
--     and measurement are those of the latest among them, quality is the weakest. When none was
--     measured, the latest entry says why. So is provenance: one made-up entry makes the sum made up.
--
-- `entries` counts the measured ones that went in.
CREATE FUNCTION iap_reading_v1(
    city uuid, indicator uuid, accumulation text, measure text, as_of date
) RETURNS TABLE (
    value numeric, numerator numeric, denominator numeric,
    measured_on date, measurement uuid, reason text, quality text, provenance text, entries bigint
) LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    (
        SELECT
            CASE measure WHEN 'percentage' THEN iap_percentage_v1(e.numerator, e.denominator) ELSE e.value END,
            e.numerator, e.denominator,
            e.measured_on, e.id, e.reason, e.quality, e.provenance, e.measured::int::bigint
        FROM iap_entries_v1(city, indicator, as_of) AS e
        WHERE accumulation <> 'per_period'
        ORDER BY e.measured_on DESC, e.id DESC
        LIMIT 1
    )
    UNION ALL
    (
        SELECT
            CASE measure
                WHEN 'percentage' THEN iap_percentage_v1(sum(e.numerator), sum(e.denominator))
                ELSE sum(e.value)
            END,
            sum(e.numerator), sum(e.denominator),
            (array_agg(e.measured_on ORDER BY e.measured DESC, e.measured_on DESC, e.id DESC))[1],
            (array_agg(e.id ORDER BY e.measured DESC, e.measured_on DESC, e.id DESC))[1],
            (array_agg(e.reason ORDER BY e.measured DESC, e.measured_on DESC, e.id DESC))[1],
            CASE WHEN bool_or(e.measured AND e.quality = 'estimated') THEN 'estimated' ELSE 'measured' END,
            (array_agg(e.provenance ORDER BY e.measured DESC, iap_trust_v1(e.provenance)))[1],
            count(*) FILTER (WHERE e.measured)
        FROM iap_entries_v1(city, indicator, as_of) AS e
        WHERE accumulation = 'per_period'
        HAVING count(*) > 0
    );
END;


-- The standing of one indicator on a day, from what had been measured until then. One row, or
-- none when there is no such indicator or the reader may not see it.
--
-- A table function, because the planner opens it up into the query around it: over many indicators
-- one plan then runs through, where a scalar function would start its own for each (2 to 3 times the
-- time, more as a reader across cities). As a column: (SELECT standing FROM iap_standings_v1(i.id,
-- as_of)). Planning it takes some milliseconds, so for a few rows in a statement that is not prepared
-- iap_standing_v1, whose plan is kept with the session, is as good.
CREATE FUNCTION iap_standings_v1(indicator uuid, as_of date)
RETURNS TABLE (standing jsonb) LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT jsonb_build_object(
        'as_of', as_of,
        'algorithm', 'standing-1',
        'value', jsonb_build_object(
            'state', CASE
                WHEN r.measured_on IS NULL THEN 'missing'
                WHEN r.value IS NULL THEN 'not_measured'
                ELSE 'measured'
            END,
            'value', trim_scale(r.value)::text,
            'numerator', trim_scale(r.numerator)::text,
            'denominator', trim_scale(r.denominator)::text,
            'measured_on', r.measured_on,
            'quality', CASE WHEN r.value IS NOT NULL THEN r.quality END,
            'provenance', CASE WHEN r.value IS NOT NULL THEN r.provenance END,
            'reason', coalesce(r.reason, ''),
            'entries', CASE WHEN r.value IS NOT NULL THEN r.entries ELSE 0 END,
            'measurement', r.measurement
        ),
        'target', CASE WHEN target.final_due_on IS NOT NULL THEN
            jsonb_build_object(
                'value', trim_scale(target.final_value)::text,
                'due_on', target.final_due_on,
                'provenance', target.final_provenance
            )
        END,
        'progress', iap_progress_v1(
            i.direction, i.tolerance, i.baseline_value, target.final_value, r.value
        ),
        'track', iap_track_v1(
            i.direction, i.tolerance, i.baseline_value, target.value, target.final_value,
            r.value, target.due, target.due_on
        )
    )
    FROM plans_indicator AS i
    LEFT JOIN LATERAL (
        SELECT
            first_value(t.value) OVER latest_first AS final_value,
            first_value(t.due_on) OVER latest_first AS final_due_on,
            first_value(t.provenance) OVER latest_first AS final_provenance,
            t.value, t.due_on,
            iap_due_v1(i.baseline_value, i.baseline_on, t.value, t.due_on, as_of) AS due
        FROM plans_target AS t
        WHERE t.city_id = i.city_id AND t.indicator_id = i.id
        WINDOW latest_first AS (ORDER BY t.due_on DESC)
        ORDER BY t.due_on > as_of, abs(t.due_on - as_of)
        LIMIT 1
    ) AS target ON true
    LEFT JOIN LATERAL iap_reading_v1(i.city_id, i.id, i.accumulation, i.measure, as_of) AS r ON true
    WHERE i.id = indicator;
END;


-- The same for one indicator alone; null when there is no row.
CREATE FUNCTION iap_standing_v1(indicator uuid, as_of date)
RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT s.standing FROM iap_standings_v1(indicator, as_of) AS s);
