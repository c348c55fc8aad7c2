#!lua name=bocau_store_VERSION

-- What is kept in Redis may be lost at any time, and is void as soon as it may be.

local function whole(number) return string.format('%.0f', number) end

-- Which history of which process this is: another one may have forgotten what was answered. A process
-- has one run_id for ever; its replid is a new one whenever it becomes a master.
local run
local function history()
  run = run or redis.call('INFO', 'server'):match('run_id:(%x+)')
  return run .. ':' .. redis.call('INFO', 'replication'):match('master_replid:(%x+)')
end
