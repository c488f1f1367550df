package figures

import (
	"math"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// memory returns how much memory this process has, in MB: address space and what of it is resident.
// Both are 0 where they cannot be read.
func memory() (virtual, resident float64) {
	text, err := os.ReadFile("/proc/self/statm") // pages: size, resident, ... (man 5 proc_pid_statm)
	if err != nil {
		return 0, 0
	}
	var megabytes [2]float64
	fields := strings.Fields(string(text))
	for i := range min(len(megabytes), len(fields)) {
		pages, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return 0, 0
		}
		megabytes[i] = float64(pages * int64(os.Getpagesize()) >> 20)
	}
	return megabytes[0], megabytes[1]
}

// capacity returns the size of a disk and what of it is free for users, in MB; zeros for one that
// is gone.
func (d *Disk) capacity() (total, available float64) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(d.Dir, &fs); err != nil {
		return 0, 0
	}
	block := uint64(fs.Bsize)
	return float64(fs.Blocks * block >> 20), float64(fs.Bavail * block >> 20)
}

// disks sums up the disks: MB in all, and what of it is available in percent, in all and of the
// disks that have least and most.
func (h *Holdings) disks() (capacity, ratio, least, most float64) {
	var available float64
	least = 100
	for i := range h.Disks {
		total, free := h.Disks[i].capacity()
		capacity, available = capacity+total, available+free
		least, most = min(least, percent(free, total)), max(most, percent(free, total))
	}
	return capacity, percent(available, capacity), least, most
}

func percent(part, total float64) float64 {
	if total == 0 {
		return 0
	}
	return math.Round(part * 100 / total)
}
