package powercut

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Mount shows the disk at an empty folder until unmount. It takes /dev/fuse
// and either the right to mount or the program fusermount3.
func (d *Disk) Mount(dir string) (unmount func() error, err error) {
	server, err := fs.Mount(dir, &folder{disk: d}, &fs.Options{
		MountOptions: fuse.MountOptions{DirectMount: true, FsName: "powercut", Name: "powercut"}})
	if err != nil {
		return nil, fmt.Errorf("mount a FUSE file system: %w", err)
	}
	return server.Unmount, nil
}

// folder is the disk's only one.
type folder struct {
	fs.Inode
	disk *Disk
}

// entry is a file by its name.
type entry struct {
	fs.Inode
	disk *Disk
	file *file
}

// with runs f unless the power is off.
func (d *Disk) with(f func() syscall.Errno) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return syscall.EIO
	}
	return f()
}

func (f *file) attr(out *fuse.Attr) {
	out.Mode, out.Nlink, out.Size, out.Ino = syscall.S_IFREG|0o600, 1, uint64(len(f.data)), f.inode
	out.Blksize, out.Blocks = 4096, (out.Size+511)/512
}

func (n *folder) child(ctx context.Context, f *file, out *fuse.EntryOut) *fs.Inode {
	f.attr(&out.Attr)
	return n.NewInode(ctx, &entry{disk: n.disk, file: f}, fs.StableAttr{Mode: syscall.S_IFREG, Ino: f.inode})
}

// Lookup is part of fs.NodeLookuper.
func (n *folder) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (child *fs.Inode, errno syscall.Errno) {
	errno = n.disk.with(func() syscall.Errno {
		f := n.disk.names[name]
		if f == nil {
			return syscall.ENOENT
		}
		child = n.child(ctx, f, out)
		return 0
	})
	return child, errno
}

// Create is part of fs.NodeCreater.
func (n *folder) Create(ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut) (child *fs.Inode, h fs.FileHandle, fuseFlags uint32, errno syscall.Errno) {
	errno = n.disk.with(func() syscall.Errno {
		f := &file{inode: n.disk.inode()}
		n.disk.names[name] = f
		child = n.child(ctx, f, out)
		return 0
	})
	return child, nil, 0, errno
}

// Unlink is part of fs.NodeUnlinker.
func (n *folder) Unlink(ctx context.Context, name string) syscall.Errno {
	return n.disk.with(func() syscall.Errno {
		if n.disk.names[name] == nil {
			return syscall.ENOENT
		}
		delete(n.disk.names, name)
		return 0
	})
}

// Rename is part of fs.NodeRenamer.
func (n *folder) Rename(ctx context.Context, name string, to fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	return n.disk.with(func() syscall.Errno {
		f := n.disk.names[name]
		if f == nil {
			return syscall.ENOENT
		}
		delete(n.disk.names, name)
		n.disk.names[newName] = f
		return 0
	})
}

// Readdir is part of fs.NodeReaddirer.
func (n *folder) Readdir(ctx context.Context) (fs.DirStream, syscall.Errno) {
	var list []fuse.DirEntry
	errno := n.disk.with(func() syscall.Errno {
		for _, name := range slices.Sorted(maps.Keys(n.disk.names)) {
			list = append(list, fuse.DirEntry{Name: name, Mode: syscall.S_IFREG, Ino: n.disk.names[name].inode})
		}
		return 0
	})
	return fs.NewListDirStream(list), errno
}

// Fsync is part of fs.NodeFsyncer: it makes the names safe.
func (n *folder) Fsync(ctx context.Context, h fs.FileHandle, flags uint32) syscall.Errno {
	return n.disk.with(func() syscall.Errno {
		n.disk.safe = maps.Clone(n.disk.names)
		return 0
	})
}

// Getattr is part of fs.NodeGetattrer.
func (n *entry) Getattr(ctx context.Context, h fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	return n.disk.with(func() syscall.Errno {
		n.file.attr(&out.Attr)
		return 0
	})
}

// Setattr is part of fs.NodeSetattrer; only the size can be set.
func (n *entry) Setattr(ctx context.Context, h fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	return n.disk.with(func() syscall.Errno {
		if size, ok := in.GetSize(); ok {
			n.file.resize(int64(size))
		}
		n.file.attr(&out.Attr)
		return 0
	})
}

func (f *file) resize(size int64) {
	if size > int64(len(f.data)) {
		f.change(change{at: int64(len(f.data)), data: make([]byte, size-int64(len(f.data)))})
		return
	}
	f.change(change{at: size})
}

// Open is part of fs.NodeOpener.
func (n *entry) Open(ctx context.Context, flags uint32) (h fs.FileHandle, fuseFlags uint32, errno syscall.Errno) {
	return nil, fuse.FOPEN_KEEP_CACHE, n.disk.with(func() syscall.Errno {
		if flags&syscall.O_TRUNC != 0 {
			n.file.resize(0)
		}
		return 0
	})
}

// Read is part of fs.NodeReader.
func (n *entry) Read(ctx context.Context, h fs.FileHandle, dest []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	read := 0
	errno := n.disk.with(func() syscall.Errno {
		if at < int64(len(n.file.data)) {
			read = copy(dest, n.file.data[at:])
		}
		return 0
	})
	return fuse.ReadResultData(dest[:read]), errno
}

// Write is part of fs.NodeWriter.
func (n *entry) Write(ctx context.Context, h fs.FileHandle, data []byte, at int64) (uint32, syscall.Errno) {
	return uint32(len(data)), n.disk.with(func() syscall.Errno {
		n.file.change(change{at: at, data: slices.Clone(data)})
		return 0
	})
}

// Fsync is part of fs.NodeFsyncer: it makes the content safe.
func (n *entry) Fsync(ctx context.Context, h fs.FileHandle, flags uint32) syscall.Errno {
	return n.disk.with(func() syscall.Errno {
		n.file.sync()
		return 0
	})
}
