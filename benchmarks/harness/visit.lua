-- wrk's script. Requests come from a file, one a line: method, path, token, body, tag, between tabs.
-- `@` in a body becomes a number never used before. A row that is patched waits until its answer has
-- told its new version, so no request fails for its tag.

local lines, free, counter, method, salt = {}, {}, 0, "", ""

function init(args)
  salt = args[2]
  for line in io.lines(args[1]) do
    local parts = {}
    for part in (line .. "\t"):gmatch("([^\t]*)\t") do parts[#parts + 1] = part end
    local row = { method = parts[1], path = parts[2], token = parts[3], body = parts[4], tag = parts[5] }
    row.id = row.path:match("/([%x-]+)/$")
    lines[#lines + 1] = row
    method = row.method
  end
  for i = #lines, 1, -1 do free[#free + 1] = lines[i] end
  if method == "PATCH" then
    local by_id = {}
    for _, row in ipairs(lines) do by_id[row.id] = row end
    response = function(status, headers, body)
      for id in body:gmatch('"id": ?"([%x-]+)"') do  -- some write milestones first
        local row = by_id[id]
        if row then
          row.tag = '"' .. body:match('"row_version": ?(%d+)') .. '"'
          table.insert(free, 1, row)
          return
        end
      end
    end
  end
end

function request()
  counter = counter + 1
  local row = method == "PATCH" and table.remove(free) or lines[counter % #lines + 1]
  local headers = { Authorization = "Bearer " .. row.token }
  local body
  if row.body ~= "" then
    headers["Content-Type"] = "application/json"
    body = row.body:gsub("@", salt .. counter)
  end
  if row.tag ~= "" then headers["If-Match"] = row.tag end
  return wrk.format(row.method, row.path, headers, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "seconds": %.6f, "p50": %.6f, "p99": %.6f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e6, latency:percentile(99) / 1e6,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
