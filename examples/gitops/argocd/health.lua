-- The health of a Tenant (k8s-mtp.dev) for Argo CD. Its status follows kstatus: observedGeneration, and the
-- conditions Ready, Reconciling and Stalled. The last two exist only while they are true.
local health = {status = "Progressing", message = "Tenant not reconciled yet"}

if obj.status == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return health
end

local stalled = false
local notes = {}
for _, condition in ipairs(obj.status.conditions or {}) do
  if condition.type == "Ready" then
    table.insert(notes, 1, condition.message)
    if condition.status == "True" then
      health.status = "Healthy"
    elseif condition.reason == "Paused" then
      health.status = "Suspended"
    end
  elseif condition.type == "Stalled" then
    stalled = stalled or condition.status == "True"
  elseif condition.type ~= "Reconciling" and condition.status == "True" then
    -- Cordoned, QuotaExceeded and UnmanagedObjects do not change the health, but should be visible.
    table.insert(notes, condition.message)
  end
end

if stalled then
  health.status = "Degraded"
end
if #notes > 0 then
  health.message = table.concat(notes, "; ")
end
return health
