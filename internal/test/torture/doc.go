// Package torture runs the built program on two ensembles of three real servers, each behind proxies,
// through random faults, and judges what the program said by reading the trees with the usual client
// library. A schedule is repeated by its seed.
package torture
