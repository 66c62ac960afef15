"""Files that packages bring: the parts of them that matter here."""

from __future__ import annotations

__all__ = ["APACHE2_CONF", "HTTPD_CONF", "NGINX_CONF", "NGINX_PAGE", "UBUNTU_PAGE"]

HTTPD_CONF = """ServerRoot "/etc/httpd"
Listen 80
Include conf.modules.d/*.conf
User apache
Group apache
ServerAdmin root@localhost
<Directory />
    AllowOverride none
    Require all denied
</Directory>
DocumentRoot "/var/www/html"
<Directory "/var/www">
    AllowOverride None
    Require all granted
</Directory>
<IfModule dir_module>
    DirectoryIndex index.html
</IfModule>
ErrorLog "logs/error_log"
LogLevel warn
AddDefaultCharset UTF-8
EnableSendfile on
IncludeOptional conf.d/*.conf
"""
APACHE2_CONF = HTTPD_CONF.replace("apache", "www-data").replace("/etc/httpd", "/etc/apache2")
NGINX_CONF = """user nginx;
worker_processes auto;
error_log /var/log/nginx/error.log notice;
pid /run/nginx.pid;
events {
    worker_connections 1024;
}
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    sendfile on;
    keepalive_timeout 65;
    include /etc/nginx/conf.d/*.conf;
    server {
        listen 80;
        server_name _;
        root /usr/share/nginx/html;
        include /etc/nginx/default.d/*.conf;
        error_page 404 /404.html;
    }
}
"""
NGINX_PAGE = """<!DOCTYPE html>
<html>
<head><title>Welcome to nginx!</title></head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and working.</p>
</body>
</html>
"""
UBUNTU_PAGE = "<html><body><h1>Apache2 Ubuntu Default Page</h1><p>It works!</p></body></html>\n"
